; What only the JavaScript grammar has: classes without types.
(class_declaration name: (identifier) @name body: (_) @body) @def.class
(field_definition property: (_) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @def.method
(field_definition property: (_) @name) @def.property
(class_heritage [(identifier) (member_expression)] @base.extends)
(class_heritage (call_expression arguments: (arguments [(identifier) (member_expression)] @base.mixin)))
