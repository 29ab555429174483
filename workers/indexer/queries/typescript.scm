; What TypeScript adds.
(class_declaration name: (type_identifier) @name body: (_) @body) @def.class
(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @def.class
(interface_declaration name: (type_identifier) @name body: (_) @body) @def.interface
(type_alias_declaration name: (type_identifier) @name) @def.type
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(enum_body name: (property_identifier) @name @def.constant)
(enum_assignment name: (property_identifier) @name) @def.constant
(internal_module name: (_) @name body: (_) @body) @def.module
(module name: (_) @name body: (_) @body) @def.module
(internal_module body: (statement_block (export_statement
  (lexical_declaration (variable_declarator name: (identifier) @name)) @def.constant)))
(function_signature name: (identifier) @name) @def.function
(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @def.constant)
(ambient_declaration (variable_declaration (variable_declarator name: (identifier) @name)) @def.variable)
(interface_body (method_signature name: (_) @name) @def.method)
(interface_body (property_signature name: (_) @name) @def.property)
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @def.property))
(type_alias_declaration value: (object_type (method_signature name: (_) @name) @def.method))
(class_body (method_signature name: (_) @name) @def.method)
(abstract_method_signature name: (_) @name) @def.method
(public_field_definition name: (_) @name value: (arrow_function body: (_) @body)) @def.method
(public_field_definition name: (_) @name) @def.property

(export_statement declaration: (ambient_declaration (_) @exported))

(import_require_clause (identifier) @ref.import source: (string (string_fragment) @import))
(extends_clause value: (identifier) @ref.inherit)
(extends_clause value: (member_expression property: (property_identifier) @ref.inherit))
(extends_type_clause type: (type_identifier) @ref.inherit)
(extends_type_clause type: (generic_type name: (type_identifier) @ref.inherit))
(extends_type_clause type: (nested_type_identifier name: (type_identifier) @ref.inherit))
(implements_clause (type_identifier) @ref.inherit)
(implements_clause (generic_type name: (type_identifier) @ref.inherit))
(type_identifier) @ref.type
