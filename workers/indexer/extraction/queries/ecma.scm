; What JavaScript, TypeScript and TSX share. See ../extract.ts for what each capture means.
(comment) @comment
(decorator) @attribute

(function_declaration name: (identifier) @name body: (_) @body) @def.function
(generator_function_declaration name: (identifier) @name body: (_) @body) @def.function
(method_definition name: (_) @name body: (_) @body) @def.method

[(lexical_declaration (variable_declarator name: (identifier) @name
     value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @own)
  (variable_declaration (variable_declarator name: (identifier) @name
     value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @own)] @def.function
[(lexical_declaration (variable_declarator name: (identifier) @name value: (class body: (_) @body)) @own)
  (variable_declaration (variable_declarator name: (identifier) @name value: (class body: (_) @body)) @own)] @def.class

(program [
  (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @own) @def.constant
  (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name) @own) @def.variable
  (variable_declaration (variable_declarator name: (identifier) @name) @own) @def.variable])
(program (export_statement [
  (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @own) @def.constant
  (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name) @own) @def.variable
  (variable_declaration (variable_declarator name: (identifier) @name) @own) @def.variable
  (lexical_declaration (variable_declarator name: [
    (object_pattern [(shorthand_property_identifier_pattern) @name (pair_pattern value: (identifier) @name)])
    (array_pattern (identifier) @name)])) @def.constant]))

(export_statement "default" @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body) (call_expression) (object) (new_expression)]) @def.function
(export_statement "default" @name value: (class body: (_) @body)) @def.class

(assignment_expression
  left: (member_expression object: (_) @container property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @def.function
(assignment_expression
  left: (member_expression object: (_) @container property: (property_identifier) @name)
  right: (class body: (_) @body)) @def.class
(assignment_expression left: (identifier) @name
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @def.function
[(return_statement [(function_expression name: (identifier) @name body: (_) @body) (generator_function name: (identifier) @name body: (_) @body)] @def.function)
 (arguments [(function_expression name: (identifier) @name body: (_) @body) (generator_function name: (identifier) @name body: (_) @body)] @def.function)]
(pair key: (property_identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @minor.method
(method_definition name: (property_identifier) @_new body: (statement_block (expression_statement (assignment_expression
  left: (member_expression object: (this) property: [(property_identifier) (private_property_identifier)] @name)) @member.property))
  (#eq? @_new "constructor"))

(export_statement declaration: (_) @exported)
(export_statement value: (identifier) @exported.name)
(export_statement value: (_) @_value) @exported
(export_statement (export_clause (export_specifier name: (_) @exported.name)) !source)
(assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: [(identifier) @exported.name
          (object [(shorthand_property_identifier) @exported.name (pair value: (identifier) @exported.name)])]
  (#eq? @_module "module") (#eq? @_exports "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_exports property: (property_identifier))
  right: (identifier) @exported.name (#eq? @_exports "exports"))

(import_statement source: (string (string_fragment) @import))
(import_statement (import_clause (identifier) @import.default) source: (string (string_fragment) @import))
(import_statement (import_clause (namespace_import (identifier) @import.all)) source: (string (string_fragment) @import))
(import_statement (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_)? @import.alias)))
  source: (string (string_fragment) @import))
(export_statement source: (string (string_fragment) @import)) @reexport
(export_statement "*" @import.star source: (string (string_fragment) @import))
(export_statement (namespace_export (_) @import.all) source: (string (string_fragment) @import))
(export_statement (export_clause (export_specifier name: (_) @import.name alias: (_)? @import.alias))
  source: (string (string_fragment) @import))
(call_expression function: (import) arguments: (arguments . (string (string_fragment) @import)))
(call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import))
  (#eq? @_require "require"))
(variable_declarator name: [
    (identifier) @import.all @ref.import
    (object_pattern (shorthand_property_identifier_pattern) @import.name @ref.import)
    (object_pattern (pair_pattern key: (property_identifier) @import.name value: (identifier) @import.alias @ref.import))]
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import)))
  (#eq? @_require "require"))
(variable_declarator name: [
    (identifier) @import.all @ref.import
    (object_pattern (shorthand_property_identifier_pattern) @import.name @ref.import)
    (object_pattern (pair_pattern key: (property_identifier) @import.name value: (identifier) @import.alias @ref.import))]
  value: (await_expression (call_expression function: (import) arguments: (arguments . (string (string_fragment) @import)))))
(assignment_expression left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import @import.star))) @reexport
  (#eq? @_module "module") (#eq? @_exports "exports") (#eq? @_require "require"))

(import_specifier name: (identifier) @ref.import)
(import_specifier alias: (identifier) @ref.import)
(import_clause (identifier) @ref.import)
(namespace_import (identifier) @ref.import)
(export_statement (export_clause (export_specifier name: (identifier) @ref.import)) source: (_))

(call_expression function: (identifier) @ref.call)
(call_expression function: (member_expression object: (_) @receiver
  property: [(property_identifier) (private_property_identifier)] @ref.call))
(new_expression constructor: (identifier) @ref.call)
(new_expression constructor: (member_expression object: (_) @receiver property: (property_identifier) @ref.call))
(decorator (identifier) @ref.call)
(decorator (member_expression object: (_) @receiver property: (property_identifier) @ref.call))
(member_expression object: (_) @receiver
  property: [(property_identifier) (private_property_identifier)] @ref.use)
(identifier) @ref.use
(shorthand_property_identifier) @ref.use
