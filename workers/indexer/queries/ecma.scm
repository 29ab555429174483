; What JavaScript, TypeScript and TSX share. See ../extract.ts for what each capture means.
(comment) @comment
(decorator) @attribute

(function_declaration name: (identifier) @name body: (_) @body) @def.function
(generator_function_declaration name: (identifier) @name body: (_) @body) @def.function
(method_definition name: (_) @name body: (_) @body) @def.method

(lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @def.function
(variable_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @def.function
(lexical_declaration (variable_declarator name: (identifier) @name value: (class body: (_) @body))) @def.class

(program (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name)) @def.constant)
(program (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name)) @def.variable)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @def.variable)
(program (export_statement (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name)) @def.constant))
(program (export_statement (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name)) @def.variable))
(program (export_statement (variable_declaration (variable_declarator name: (identifier) @name)) @def.variable))

(export_statement "default" @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body) (call_expression) (object) (new_expression)]) @def.function
(export_statement "default" @name value: (class body: (_) @body)) @def.class

(assignment_expression
  left: (member_expression object: (_) @container property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @def.function
(assignment_expression
  left: (member_expression object: (_) @container property: (property_identifier) @name)
  right: (class body: (_) @body)) @def.class
(pair key: (property_identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @minor.method

(export_statement declaration: (_) @exported)
(export_statement value: (identifier) @exported.name)
(export_statement value: (_) @_value) @exported
(export_specifier name: (identifier) @exported.name)
(assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: [(identifier) @exported.name
          (object [(shorthand_property_identifier) @exported.name (pair value: (identifier) @exported.name)])]
  (#eq? @_module "module") (#eq? @_exports "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_exports property: (property_identifier))
  right: (identifier) @exported.name (#eq? @_exports "exports"))

(import_statement source: (string (string_fragment) @import))
(export_statement source: (string (string_fragment) @import))
(call_expression function: (import) arguments: (arguments . (string (string_fragment) @import)))
(call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import))
  (#eq? @_require "require"))

(import_specifier name: (identifier) @ref.import)
(import_specifier alias: (identifier) @ref.import)
(import_clause (identifier) @ref.import)
(namespace_import (identifier) @ref.import)
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @ref.import)
  value: (call_expression function: (identifier) @_require) (#eq? @_require "require"))

(call_expression function: (identifier) @ref.call)
(call_expression function: (member_expression property: [(property_identifier) (private_property_identifier)] @ref.call))
(new_expression constructor: (identifier) @ref.call)
(new_expression constructor: (member_expression property: (property_identifier) @ref.call))
(decorator (identifier) @ref.call)
(identifier) @ref.use
(shorthand_property_identifier) @ref.use
