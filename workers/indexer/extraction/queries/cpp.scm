; C and C++. A declarator is looked for through pointers, arrays, references, brackets and initial values.
(#through! declarator pointer_declarator reference_declarator array_declarator init_declarator parenthesized_declarator attributed_declarator)
(comment) @comment

(function_definition declarator: (function_declarator . declarator: [
    (identifier) (field_identifier) (qualified_identifier) (destructor_name) (operator_name) (template_function)
    (parenthesized_declarator . (identifier))] @name) body: (_) @body) @def.function
(function_definition declarator: [(qualified_identifier name: (operator_cast)) (operator_cast)] @name body: (_) @body) @def.function
(function_definition declarator: (function_declarator . declarator: [
    (identifier) (field_identifier) (qualified_identifier) (destructor_name) (operator_name)] @name)
  [(default_method_clause) (delete_method_clause)]) @def.function
(declaration declarator: (function_declarator . declarator: [
    (identifier) (destructor_name) (operator_name) (parenthesized_declarator . (identifier))] @name)
  (#not-inside? @name compound_statement field_declaration_list)) @def.function
(field_declaration declarator: (function_declarator . declarator: [(field_identifier) (operator_name) (destructor_name)] @name)) @def.method
(field_declaration declarator: (operator_cast) @name) @def.method
(field_declaration_list [
  (declaration declarator: [(function_declarator . declarator: (_) @name) (operator_cast) @name]) @def.method
  (template_declaration (declaration declarator: [(function_declarator . declarator: (_) @name) (operator_cast) @name]) @def.method)])
(field_declaration declarator: (field_identifier) @name) @def.property
(field_declaration declarator: (function_declarator . declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name)))) @def.property
(class_specifier name: [(type_identifier) @name (template_type name: (_) @name) (qualified_identifier) @name] body: (_) @body) @def.class
(struct_specifier name: [(type_identifier) @name (template_type name: (_) @name) (qualified_identifier) @name] body: (_) @body) @def.struct
(union_specifier name: [(type_identifier) @name (template_type name: (_) @name) (qualified_identifier) @name] body: (_) @body) @def.struct
(enum_specifier name: (_) @name body: (_) @body) @def.enum
(enumerator name: (identifier) @name) @def.constant
(type_definition type: [(struct_specifier name: (_) body: (_)) (union_specifier name: (_) body: (_)) (enum_specifier name: (_) body: (_))]
  declarator: (type_identifier) @name @def.type)
(type_definition declarator: (type_identifier) @name) @def.type
(type_definition declarator: (function_declarator . declarator: (type_identifier) @name)) @def.type
(type_definition declarator: (function_declarator . declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))) @def.type
(alias_declaration name: (type_identifier) @name) @def.type
(concept_definition name: (identifier) @name) @def.type
(namespace_definition name: (_) @name body: (_) @body) @def.module
(namespace_definition !name body: (_)) @scope.hidden
(preproc_def name: (identifier) @name value: (_)) @def.macro
(preproc_def name: (identifier) @name !value (#not-match? @name "_(H|HH|HPP|HXX|INCLUDED|GUARD)_*$")) @def.macro
(preproc_function_def name: (identifier) @name) @def.macro
(declaration declarator: (identifier) @name (#not-inside? @name compound_statement field_declaration_list for_statement)) @def.variable
(declaration declarator: (qualified_identifier) @name (#not-inside? @name compound_statement field_declaration_list for_statement)) @def.variable
(declaration declarator: (function_declarator . declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))
  (#not-inside? @name compound_statement field_declaration_list)) @def.variable

(field_declaration_list (access_specifier) @access)

(preproc_include path: (string_literal (string_content) @import @import.star))
(preproc_include path: (system_lib_string) @import @import.star)

(base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base.extends)
(call_expression function: (identifier) @ref.call)
(call_expression function: (template_function name: (identifier) @ref.call))
(call_expression function: (field_expression argument: (_) @receiver field: [
  (field_identifier) @ref.call (template_method name: (field_identifier) @ref.call)]))
(call_expression function: (qualified_identifier scope: (_)? @receiver name: [
  (identifier) @ref.call (template_function name: (identifier) @ref.call)
  (qualified_identifier name: [(identifier) @ref.call (template_function name: (identifier) @ref.call)])]))
(new_expression type: [(type_identifier) @ref.call (template_type name: (type_identifier) @ref.call)
  (qualified_identifier scope: (_) @receiver name: [(type_identifier) @ref.call (template_type name: (type_identifier) @ref.call)])])
(field_expression argument: (_) @receiver field: (field_identifier) @ref.use)
(field_designator (field_identifier) @ref.use)
(field_initializer (field_identifier) @ref.use)
(qualified_identifier scope: (_) @receiver name: (identifier) @ref.use)
(qualified_identifier scope: (_) @receiver name: (type_identifier) @ref.type)
(type_identifier) @ref.type
(identifier) @ref.use
