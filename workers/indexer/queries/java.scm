(line_comment) @comment
(block_comment) @comment

(class_declaration name: (identifier) @name body: (_) @body) @def.class
(record_declaration name: (identifier) @name body: (_) @body) @def.class
(interface_declaration name: (identifier) @name body: (_) @body) @def.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @def.interface
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(enum_constant name: (identifier) @name) @def.constant
(method_declaration name: (identifier) @name body: (_)? @body) @def.method
(constructor_declaration name: (identifier) @name body: (_) @body) @def.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @def.property
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @def.constant

(import_declaration (scoped_identifier) @import)
(import_declaration (scoped_identifier name: (identifier) @ref.import))

(superclass (type_identifier) @ref.inherit)
(superclass (generic_type (type_identifier) @ref.inherit))
(super_interfaces (type_list (type_identifier) @ref.inherit))
(super_interfaces (type_list (generic_type (type_identifier) @ref.inherit)))
(extends_interfaces (type_list (type_identifier) @ref.inherit))
(extends_interfaces (type_list (generic_type (type_identifier) @ref.inherit)))
(method_invocation name: (identifier) @ref.call)
(method_reference (identifier) @ref.use)
(object_creation_expression type: (type_identifier) @ref.call)
(object_creation_expression type: (generic_type (type_identifier) @ref.call))
(annotation name: (identifier) @ref.use)
(marker_annotation name: (identifier) @ref.use)
(type_identifier) @ref.type
(identifier) @ref.use
