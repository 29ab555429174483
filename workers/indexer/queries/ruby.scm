(comment) @comment

(method name: (_) @name body: (_)? @body) @def.method
(singleton_method name: (_) @name body: (_)? @body) @def.method
(class name: (_) @name body: (_)? @body) @def.class
(module name: (_) @name body: (_)? @body) @def.module
(assignment left: (constant) @name) @def.constant
(call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name)
  (#any-of? @_attr "attr_reader" "attr_writer" "attr_accessor")) @def.property

(call method: (identifier) @_require arguments: (argument_list . (string (string_content) @import))
  (#any-of? @_require "require" "require_relative" "load"))

(superclass (constant) @ref.inherit)
(superclass (scope_resolution name: (constant) @ref.inherit))
(call method: (identifier) @_include arguments: (argument_list (constant) @ref.inherit)
  (#any-of? @_include "include" "extend" "prepend"))
(call method: (identifier) @ref.call)
(call receiver: (constant) @ref.use)
(constant) @ref.use
(identifier) @ref.use
