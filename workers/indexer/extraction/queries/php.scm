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
(property_promotion_parameter name: (variable_name (name) @name)) @member.property
(const_declaration (const_element . (name) @name)) @def.constant
(function_call_expression function: (name) @_define arguments: (arguments . (argument [(string (string_content) @name) (encapsed_string (string_content) @name)]))
  (#eq? @_define "define")) @def.constant

(namespace_use_declaration (namespace_use_clause . [(qualified_name) (name)] @import alias: (name)? @import.alias))
(namespace_use_declaration (namespace_name) @import.prefix (namespace_use_group (namespace_use_clause . [(qualified_name) (name)] @import alias: (name)? @import.alias)))
(require_once_expression (_) @import @import.star)
(require_expression (_) @import @import.star)
(include_once_expression (_) @import @import.star)
(include_expression (_) @import @import.star)
(namespace_use_clause (qualified_name (name) @ref.import))
(namespace_use_clause alias: (name) @ref.import)

(class_declaration (base_clause [(name) (qualified_name)] @base.extends))
(interface_declaration (base_clause [(name) (qualified_name)] @base.extends))
(class_interface_clause [(name) (qualified_name)] @base.implements)
(use_declaration [(name) (qualified_name)] @embed.mixin)
(function_call_expression function: (name) @ref.call)
(function_call_expression function: (qualified_name prefix: (_)? @receiver (name) @ref.call))
(member_call_expression object: (_) @receiver name: (name) @ref.call)
(nullsafe_member_call_expression object: (_) @receiver name: (name) @ref.call)
(scoped_call_expression scope: (_) @receiver name: (name) @ref.call)
(member_access_expression object: (_) @receiver name: (name) @ref.use)
(nullsafe_member_access_expression object: (_) @receiver name: (name) @ref.use)
(class_constant_access_expression . (_) @receiver (name) @ref.use .)
(scoped_property_access_expression scope: (_) @receiver name: (variable_name (name) @ref.use))
(object_creation_expression [(name) @ref.call (qualified_name prefix: (_)? @receiver (name) @ref.call)])
(named_type [(name) @ref.type (qualified_name prefix: (_)? @receiver (name) @ref.type)])
(scoped_call_expression scope: (name) @ref.use)
(class_constant_access_expression . (name) @ref.use)
(binary_expression operator: "instanceof" right: (name) @ref.type)
(attribute (name) @ref.use)
