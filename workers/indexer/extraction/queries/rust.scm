(line_comment) @comment
(block_comment) @comment
(attribute_item) @attribute

(function_item name: [(identifier) (metavariable)] @name body: (_) @body) @def.function
(function_signature_item name: (identifier) @name) @def.function
(struct_item name: (type_identifier) @name body: (_)? @body) @def.struct
(union_item name: (type_identifier) @name body: (_)? @body) @def.struct
(enum_item name: (type_identifier) @name body: (_) @body) @def.enum
(enum_variant name: (identifier) @name) @def.constant
(field_declaration name: (field_identifier) @name) @def.property
(trait_item name: (type_identifier) @name body: (_) @body) @def.trait
(type_item name: (type_identifier) @name) @def.type
(associated_type name: (type_identifier) @name) @def.type
(const_item name: (identifier) @name) @def.constant
(static_item name: (identifier) @name) @def.variable
(macro_definition name: (identifier) @name) @def.macro
(mod_item name: (identifier) @name body: (declaration_list) @body) @def.module
(mod_item name: (identifier) @import @import.all !body)
(mod_item (visibility_modifier) @reexport name: (identifier) @import !body)
(impl_item type: (_) @name body: (_) @body) @scope
(impl_item trait: (_) body: (_)) @scope.public

(use_declaration argument: (_) @import)
(use_declaration (visibility_modifier) @reexport argument: (_) @import)
(extern_crate_declaration name: (identifier) @import)
(extern_crate_declaration name: (identifier) @import alias: (identifier) @import.all)

(use_declaration argument: (identifier) @ref.import)
(use_declaration argument: (scoped_identifier path: (_)? @receiver name: (identifier) @ref.import))
(use_list (identifier) @ref.import)
(use_list (scoped_identifier path: (_)? @receiver name: (identifier) @ref.import))
(use_as_clause path: (identifier) @ref.import)
(use_as_clause path: (scoped_identifier path: (_)? @receiver name: (identifier) @ref.import))
(use_as_clause alias: (identifier) @ref.import)

(impl_item trait: (_) @base.implements type: (_) @subject)
(trait_item bounds: (trait_bounds [(type_identifier) (generic_type) (scoped_type_identifier)] @base.extends))
(trait_bounds (type_identifier) @ref.type)
(call_expression function: (identifier) @ref.call)
(call_expression function: (field_expression value: (_) @receiver field: (field_identifier) @ref.call))
(call_expression function: (scoped_identifier path: (_)? @receiver name: (identifier) @ref.call))
(call_expression function: (generic_function function: [
  (identifier) @ref.call
  (scoped_identifier path: (_)? @receiver name: (identifier) @ref.call)
  (field_expression value: (_) @receiver field: (field_identifier) @ref.call)]))
(macro_invocation macro: (identifier) @ref.call)
(macro_invocation macro: (scoped_identifier path: (_)? @receiver name: (identifier) @ref.call))
(struct_expression name: (type_identifier) @ref.call)
(struct_expression name: (scoped_type_identifier path: (_)? @receiver name: (type_identifier) @ref.call))
(scoped_type_identifier path: (_)? @receiver name: (type_identifier) @ref.type)
(scoped_identifier path: (_)? @receiver name: (identifier) @ref.use)
(field_expression value: (_) @receiver field: (field_identifier) @ref.use)
(type_identifier) @ref.type
(identifier) @ref.use
