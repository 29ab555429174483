(comment) @comment
(decorator) @attribute

(function_definition name: (identifier) @name body: (_) @body) @def.function
(class_definition name: (identifier) @name body: (_) @body) @def.class
(module (expression_statement (assignment left: (identifier) @name) @def.variable))
(module (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name) @def.variable))))
(module (try_statement body: (block (expression_statement (assignment left: (identifier) @name) @def.variable))))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @def.property)))
(type_alias_statement left: (type (identifier) @name)) @def.type

(function_definition body: (block . (expression_statement (string) @doc))) @documented
(class_definition body: (block . (expression_statement (string) @doc))) @documented

(module (expression_statement (assignment left: (identifier) @_all
  right: [(list (string (string_content) @exported.name)) (tuple (string (string_content) @exported.name))])
  (#eq? @_all "__all__")))

(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import alias: (identifier) @ref.import))
(import_statement name: (dotted_name . (identifier) @ref.import))
(import_from_statement module_name: (_) @import)
(import_from_statement module_name: (_) @import name: (dotted_name) @import.name)
(import_from_statement module_name: (_) @import name: (aliased_import name: (dotted_name) @import.name))
(import_from_statement name: (dotted_name (identifier) @ref.import))
(import_from_statement name: (aliased_import name: (dotted_name (identifier) @ref.import)))
(import_from_statement name: (aliased_import alias: (identifier) @ref.import))

(class_definition superclasses: (argument_list (identifier) @ref.inherit))
(class_definition superclasses: (argument_list (attribute attribute: (identifier) @ref.inherit)))
(class_definition superclasses: (argument_list (subscript value: (identifier) @ref.inherit)))
(call function: (identifier) @ref.call)
(call function: (attribute attribute: (identifier) @ref.call))
(decorator (identifier) @ref.call)
(decorator (attribute attribute: (identifier) @ref.call))
(type (identifier) @ref.type)
(type (generic_type (identifier) @ref.type))
(type (attribute attribute: (identifier) @ref.type))
(identifier) @ref.use
