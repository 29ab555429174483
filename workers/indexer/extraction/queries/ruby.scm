(comment) @comment

(method name: (_) @name body: (_)? @body) @def.method
(singleton_method name: (_) @name body: (_)? @body) @def.method
(singleton_class) @scope
(class name: (_) @name body: (_)? @body) @def.class
(module name: (_) @name body: (_)? @body) @def.module
(assignment left: (constant) @name) @def.constant
(assignment left: (constant) @name right: (call receiver: (constant) @_struct method: (identifier) @_new
  (#any-of? @_struct "Struct" "Data" "Class") (#any-of? @_new "new" "define"))) @def.class
(alias name: [(identifier) (simple_symbol) (constant) (operator) (setter)] @name) @def.method
(call method: (identifier) @_alias arguments: (argument_list . (simple_symbol) @name)
  (#any-of? @_alias "alias_method" "define_method" "def_delegator" "define_singleton_method")) @def.method
(call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name)
  (#any-of? @_attr "attr_reader" "attr_writer" "attr_accessor" "attr" "mattr_accessor" "cattr_accessor" "class_attribute")) @def.property

(body_statement (identifier) @access (#any-of? @access "private" "protected" "public" "private_class_method"))
(call method: (identifier) @access arguments: (argument_list (simple_symbol) @target.name)
  (#any-of? @access "private" "protected" "public" "private_class_method" "private_constant" "public_class_method"))
(call method: (identifier) @access arguments: (argument_list [(method) (singleton_method)] @target)
  (#any-of? @access "private" "protected" "public" "private_class_method"))

(call method: (identifier) @_require arguments: (argument_list . (string (string_content) @import @import.star))
  (#any-of? @_require "require" "load"))
(call method: (identifier) @import.relative arguments: (argument_list . (string (string_content) @import @import.star))
  (#any-of? @import.relative "require_relative"))
(call method: (identifier) @_autoload arguments: (argument_list . (simple_symbol) @import.name . (string (string_content) @import))
  (#eq? @_autoload "autoload"))

(superclass [(constant) (scope_resolution)] @base.extends)
(call !receiver method: (identifier) @_include arguments: (argument_list [(constant) (scope_resolution)] @embed.mixin)
  (#any-of? @_include "include" "extend" "prepend"))
(call receiver: (constant) @subject method: (identifier) @_include arguments: (argument_list [(constant) (scope_resolution)] @embed.mixin)
  (#any-of? @_include "include" "extend" "prepend"))
(call !receiver method: [(identifier) (constant)] @ref.call)
(call receiver: (_) @receiver method: [(identifier) (constant)] @ref.call)
(scope_resolution scope: (_) @receiver name: (constant) @ref.use)
(constant) @ref.use
(identifier) @ref.use
