(comment) @comment

(function_definition name: (word) @name body: (_) @body) @def.function
(program [
  (variable_assignment name: (variable_name) @name) @def.variable
  (declaration_command (variable_assignment name: (variable_name) @name)) @def.variable])

(command name: (command_name (word) @_source) argument: [(word) (string) (raw_string) (concatenation)] @import @import.star
  (#any-of? @_source "source" "."))
(command name: (command_name (word) @ref.call))
(simple_expansion (variable_name) @ref.use)
(expansion (variable_name) @ref.use)
