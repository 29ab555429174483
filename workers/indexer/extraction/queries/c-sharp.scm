(comment) @comment
(attribute_list) @attribute

(class_declaration name: (identifier) @name body: (_)? @body) @def.class
(record_declaration name: (identifier) @name body: (_)? @body) @def.class
(record_declaration (parameter_list (parameter name: (identifier) @name) @def.property))
(struct_declaration name: (identifier) @name body: (_)? @body) @def.struct
(interface_declaration name: (identifier) @name body: (_) @body) @def.interface
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(enum_member_declaration name: (identifier) @name) @def.constant
(delegate_declaration name: (identifier) @name) @def.type
(namespace_declaration name: (_) @name body: (_) @body) @def.module
(file_scoped_namespace_declaration name: (_) @name) @rest.module
(method_declaration name: (identifier) @name body: (_)? @body) @def.method
(local_function_statement name: (identifier) @name body: (_)? @body) @def.function
(constructor_declaration name: (identifier) @name body: (_)? @body) @def.method
(destructor_declaration name: (identifier) @name body: (_)? @body) @def.method
(operator_declaration operator: _ @name body: (_)? @body) @def.method
(indexer_declaration "this" @name accessors: (_)? @body) @def.property
(property_declaration name: (identifier) @name accessors: (_)? @body) @def.property
(event_declaration name: (identifier) @name accessors: (_)? @body) @def.property
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @def.property
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @def.property

(using_directive [(qualified_name) (identifier)] @import @import.star !name)
(using_directive "static" @import.static [(qualified_name) (identifier)] @import)
(using_directive name: (identifier) @import.alias @ref.import [(qualified_name) (identifier)] @import .)

(base_list (_) @base.implements)
(invocation_expression function: [(identifier) @ref.call (generic_name (identifier) @ref.call)])
(invocation_expression function: (member_access_expression expression: _ @receiver
  name: [(identifier) @ref.call (generic_name (identifier) @ref.call)]))
(invocation_expression function: (conditional_access_expression condition: (_) @receiver
  (member_binding_expression name: [(identifier) @ref.call (generic_name (identifier) @ref.call)])))
(object_creation_expression type: [(identifier) @ref.call (generic_name (identifier) @ref.call)])
(object_creation_expression type: (qualified_name qualifier: (_) @receiver name: [(identifier) @ref.call (generic_name (identifier) @ref.call)]))
(member_access_expression expression: _ @receiver name: (identifier) @ref.use)
(conditional_access_expression condition: (_) @receiver (member_binding_expression name: (identifier) @ref.use))
(parameter type: (identifier) @ref.type)
(variable_declaration type: (identifier) @ref.type)
(method_declaration returns: (identifier) @ref.type)
(property_declaration type: (identifier) @ref.type)
(generic_name . (identifier) @ref.type)
(nullable_type (identifier) @ref.type)
(array_type (identifier) @ref.type)
(cast_expression type: (identifier) @ref.type)
(type_argument_list (identifier) @ref.type)
(attribute name: (identifier) @ref.use)
(identifier) @ref.use
