; What only the JavaScript grammar has: classes without types.
(class_declaration name: (identifier) @name body: (_) @body) @def.class
(field_definition property: (_) @name value: (arrow_function body: (_) @body)) @def.method
(field_definition property: (_) @name) @def.property
(class_heritage (identifier) @ref.inherit)
(class_heritage (member_expression property: (property_identifier) @ref.inherit))
