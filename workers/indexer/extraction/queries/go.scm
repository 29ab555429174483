(comment) @comment

(function_declaration name: (identifier) @name body: (_)? @body) @def.function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @container))
  name: (field_identifier) @name body: (_)? @body) @def.method
(type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @def.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @def.interface
(type_spec name: (type_identifier) @name) @def.type
(type_alias name: (type_identifier) @name) @def.type
(type_spec type: (struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @def.property)))
(type_spec type: (struct_type (field_declaration_list (field_declaration
  type: [(struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @def.property))
         (pointer_type (struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @def.property)))
         (slice_type element: (struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @def.property)))]))))
(type_spec type: (interface_type (method_elem name: (field_identifier) @name) @def.method))
(source_file [
  (const_declaration (const_spec name: (identifier) @name) @def.constant)
  (var_declaration (var_spec name: (identifier) @name) @def.variable)
  (var_declaration (var_spec_list (var_spec name: (identifier) @name) @def.variable))])

(import_spec path: (_ [(interpreted_string_literal_content) (raw_string_literal_content)] @import))
(import_spec name: (package_identifier) @import.all @ref.import path: (_ [(interpreted_string_literal_content) (raw_string_literal_content)] @import))
(import_spec name: (dot) @import.star path: (_ [(interpreted_string_literal_content) (raw_string_literal_content)] @import))
(import_spec name: (blank_identifier) @import.none path: (_ [(interpreted_string_literal_content) (raw_string_literal_content)] @import))

(type_spec type: (struct_type (field_declaration_list (field_declaration !name type: (_) @embed.extends))))
(type_spec type: (interface_type (type_elem . [(type_identifier) (qualified_type) (generic_type)] @embed.extends .)))
(call_expression function: (identifier) @ref.call)
(call_expression function: (selector_expression operand: (_) @receiver field: (field_identifier) @ref.call))
(call_expression function: (parenthesized_expression (identifier) @ref.call))
(qualified_type package: (_) @receiver name: (type_identifier) @ref.type)
(type_identifier) @ref.type
(selector_expression operand: (_) @receiver field: (field_identifier) @ref.use)
(keyed_element . (literal_element (identifier) @ref.use))
(identifier) @ref.use
