(comment) @comment
(attribute_list) @attribute

(function_definition name: (name) @name body: (_) @body) @def.function
(class_declaration name: (name) @name body: (_) @body) @def.class
(interface_declaration name: (name) @name body: (_) @body) @def.interface
(trait_declaration name: (name) @name body: (_) @body) @def.trait
(enum_declaration name: (name) @name body: (_) @body) @def.enum
(enum_case name: (name) @name) @def.constant
(method_declaration name: (name) @name body: (_)? @body) @def.method
(property_declaration (property_element name: (variable_name (name) @name))) @def.property
(const_declaration (const_element (name) @name)) @def.constant

(namespace_use_clause [(qualified_name) (name)] @import)
(require_once_expression (encapsed_string (string_content) @import))
(require_expression (encapsed_string (string_content) @import))
(include_once_expression (encapsed_string (string_content) @import))
(include_expression (encapsed_string (string_content) @import))
(require_once_expression (string (string_content) @import))
(require_expression (string (string_content) @import))
(namespace_use_clause (qualified_name (name) @ref.import))

(base_clause (name) @ref.inherit)
(base_clause (qualified_name (name) @ref.inherit))
(class_interface_clause (name) @ref.inherit)
(class_interface_clause (qualified_name (name) @ref.inherit))
(use_declaration (name) @ref.inherit)
(function_call_expression function: (name) @ref.call)
(function_call_expression function: (qualified_name (name) @ref.call))
(member_call_expression name: (name) @ref.call)
(nullsafe_member_call_expression name: (name) @ref.call)
(scoped_call_expression name: (name) @ref.call)
(object_creation_expression (name) @ref.call)
(object_creation_expression (qualified_name (name) @ref.call))
(named_type (name) @ref.type)
(scoped_call_expression scope: (name) @ref.use)
(class_constant_access_expression . (name) @ref.use)
