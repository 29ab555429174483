; What TypeScript adds.
(class_declaration name: (type_identifier) @name body: (_) @body) @def.class
(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @def.class
(interface_declaration name: (type_identifier) @name body: (_) @body) @def.interface
(type_alias_declaration name: (type_identifier) @name) @def.type
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(enum_body name: [(property_identifier) (string)] @name @def.constant)
(enum_assignment name: (_) @name) @def.constant
(internal_module name: (_) @name body: (_) @body) @def.module
(module name: (_) @name body: (_) @body) @def.module
[(internal_module body: (statement_block [
     (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @own) @def.constant)
     (lexical_declaration (variable_declarator name: (identifier) @name) @own) @def.constant
     (variable_declaration (variable_declarator name: (identifier) @name) @own) @def.variable]))
  (module body: (statement_block [
     (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @own) @def.constant)
     (lexical_declaration (variable_declarator name: (identifier) @name) @own) @def.constant
     (variable_declaration (variable_declarator name: (identifier) @name) @own) @def.variable]))]
(function_signature name: (identifier) @name) @def.function
(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @def.constant)
(ambient_declaration (variable_declaration (variable_declarator name: (identifier) @name)) @def.variable)
(interface_body [(method_signature name: (_) @name) @def.method (property_signature name: (_) @name) @def.property])
(type_alias_declaration value: (object_type [
  (property_signature name: (_) @name) @def.property (method_signature name: (_) @name) @def.method]))
(class_body (method_signature name: (_) @name) @def.method)
(abstract_method_signature name: (_) @name) @def.method
(public_field_definition name: (_) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @def.method
(public_field_definition name: (_) @name) @def.property
(required_parameter [(accessibility_modifier) "readonly"] pattern: (identifier) @name) @member.property
(optional_parameter [(accessibility_modifier) "readonly"] pattern: (identifier) @name) @member.property

(export_statement declaration: (ambient_declaration (_) @exported))
(export_statement "=" (identifier) @exported.name)

(import_statement (import_require_clause (identifier) @import.all @ref.import source: (string (string_fragment) @import)))

(class_heritage (extends_clause value: [(identifier) (member_expression)] @base.extends))
(class_heritage (extends_clause value: (call_expression arguments: (arguments [(identifier) (member_expression)] @base.mixin))))
(implements_clause (_) @base.implements)
(extends_type_clause type: (_) @base.extends)
(nested_type_identifier module: (_) @receiver name: (type_query (identifier) @ref.type)
(type_query (member_expression object: (_) @receiver property: (property_identifier) @ref.type))
(type_identifier) @ref.type)
(type_query (identifier) @ref.type)
(type_query (member_expression object: (_) @receiver property: (property_identifier) @ref.type))
(type_identifier) @ref.type
