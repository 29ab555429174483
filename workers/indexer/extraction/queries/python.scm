(comment) @comment
(decorator) @attribute

(function_definition name: (identifier) @name body: (_) @body) @def.function
(class_definition name: (identifier) @name body: (_) @body) @def.class
(module [
  (expression_statement (assignment left: (identifier) @name) @def.variable)
  (expression_statement (assignment left: (pattern_list (identifier) @name)) @def.variable)
  (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name) @def.variable)))
  (if_statement alternative: (else_clause (block (expression_statement (assignment left: (identifier) @name) @def.variable))))
  (try_statement body: (block (expression_statement (assignment left: (identifier) @name) @def.variable)))
  (try_statement [(except_clause (block (expression_statement (assignment left: (identifier) @name) @def.variable)))
    (else_clause (block (expression_statement (assignment left: (identifier) @name) @def.variable)))])
])
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @def.property)))
(function_definition name: (identifier) @_init body: (block (expression_statement (assignment
  left: (attribute object: (identifier) @_self attribute: (identifier) @name)) @member.property))
  (#eq? @_init "__init__") (#eq? @_self "self"))
(type_alias_statement left: (type [(identifier) @name (generic_type . (identifier) @name)])) @def.type

(function_definition body: (block . (expression_statement (string) @doc))) @documented
(class_definition body: (block . (expression_statement (string) @doc))) @documented

(module (expression_statement (assignment left: (identifier) @_all
  right: [(list (string (string_content) @exported.name)) (tuple (string (string_content) @exported.name))])
  (#eq? @_all "__all__")))
(module (expression_statement (augmented_assignment left: (identifier) @_all
  right: [(list (string (string_content) @exported.name)) (tuple (string (string_content) @exported.name))])
  (#eq? @_all "__all__")))

(import_statement name: (dotted_name) @import @import.all)
(import_statement name: (aliased_import name: (dotted_name) @import alias: (identifier) @import.all @ref.import))
(import_statement name: (dotted_name . (identifier) @ref.import))
(import_from_statement module_name: (_) @import)
(import_from_statement module_name: (_) @import name: (dotted_name) @import.name)
(import_from_statement module_name: (_) @import name: (aliased_import name: (dotted_name) @import.name alias: (_) @import.alias))
(import_from_statement module_name: (_) @import (wildcard_import) @import.star)
(import_from_statement name: (dotted_name (identifier) @ref.import))
(import_from_statement name: (aliased_import name: (dotted_name (identifier) @ref.import)))
(import_from_statement name: (aliased_import alias: (identifier) @ref.import))

(class_definition superclasses: (argument_list [(identifier) (attribute)] @base.extends))
(class_definition superclasses: (argument_list (subscript value: [(identifier) (attribute)] @base.extends)))
(class_definition superclasses: (argument_list (call arguments: (argument_list [(identifier) (attribute)] @base.mixin))))
(call function: (identifier) @ref.call)
(call function: (attribute object: (_) @receiver attribute: (identifier) @ref.call))
(decorator (identifier) @ref.call)
(decorator (attribute object: (_) @receiver attribute: (identifier) @ref.call))
(type (identifier) @ref.type)
(type (generic_type (identifier) @ref.type))
(type (attribute object: (_) @receiver attribute: (identifier) @ref.type))
(attribute object: (_) @receiver attribute: (identifier) @ref.use)
(identifier) @ref.use
