(line_comment) @comment
(block_comment) @comment

(class_declaration name: (identifier) @name body: (_) @body) @def.class
(record_declaration name: (identifier) @name body: (_) @body) @def.class
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @name) @def.property))
(interface_declaration name: (identifier) @name body: (_) @body) @def.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @def.interface
; Members of a class without a name are those of its type, inside what encloses it.
(object_creation_expression type: (_) @name (class_body)) @scope
(annotation_type_element_declaration name: (identifier) @name) @def.method
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(enum_constant name: (identifier) @name) @def.constant
(method_declaration name: (identifier) @name body: (_)? @body) @def.method
(constructor_declaration name: (identifier) @name body: (_) @body) @def.method
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @def.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @def.property
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @def.constant

(import_declaration [(scoped_identifier) (identifier)] @import)
(import_declaration (scoped_identifier) @import (asterisk) @import.star)
(import_declaration (scoped_identifier name: (identifier) @ref.import))

(superclass (_) @base.extends)
(super_interfaces (type_list (_) @base.implements))
(extends_interfaces (type_list (_) @base.extends))
(method_invocation !object name: (identifier) @ref.call)
(method_invocation object: (_) @receiver name: (identifier) @ref.call)
(method_reference . (_) @receiver (identifier) @ref.use .)
(object_creation_expression type: (type_identifier) @ref.call)
(object_creation_expression type: (generic_type (type_identifier) @ref.call))
(object_creation_expression type: (scoped_type_identifier (_) @receiver (type_identifier) @ref.call .))
(field_access object: (_) @receiver field: (identifier) @ref.use)
(annotation name: (identifier) @ref.use)
(marker_annotation name: (identifier) @ref.use)
(type_identifier) @ref.type
(identifier) @ref.use
