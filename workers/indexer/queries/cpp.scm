; C and C++.
(comment) @comment

(function_definition declarator: (function_declarator declarator: (_) @name) body: (_) @body) @def.function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name)) body: (_) @body) @def.function
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name))) body: (_) @body) @def.function
(function_definition declarator: (reference_declarator (function_declarator declarator: (_) @name)) body: (_) @body) @def.function
(translation_unit (declaration declarator: (function_declarator declarator: (identifier) @name)) @def.function)
(translation_unit (declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @def.function)
(declaration_list (declaration declarator: (function_declarator declarator: (identifier) @name)) @def.function)
(preproc_ifdef (declaration declarator: (function_declarator declarator: (identifier) @name)) @def.function)
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @def.method
(field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))) @def.method
(field_declaration declarator: (reference_declarator (function_declarator declarator: (_) @name))) @def.method
(field_declaration_list (declaration declarator: (function_declarator declarator: (_) @name)) @def.method)
(field_declaration declarator: (field_identifier) @name) @def.property
(field_declaration declarator: (pointer_declarator declarator: (field_identifier) @name)) @def.property
(field_declaration declarator: (array_declarator declarator: (field_identifier) @name)) @def.property
(class_specifier name: (_) @name body: (_) @body) @def.class
(struct_specifier name: (_) @name body: (_) @body) @def.struct
(union_specifier name: (_) @name body: (_) @body) @def.struct
(enum_specifier name: (_) @name body: (_) @body) @def.enum
(enumerator name: (identifier) @name) @def.constant
(type_definition declarator: (type_identifier) @name) @def.type
(alias_declaration name: (type_identifier) @name) @def.type
(namespace_definition name: (_) @name body: (_) @body) @def.module
(preproc_def name: (identifier) @name value: (_)) @def.macro
(preproc_function_def name: (identifier) @name) @def.macro
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @def.variable)
(declaration_list (declaration declarator: (init_declarator declarator: (identifier) @name)) @def.variable)

(preproc_include path: (string_literal (string_content) @import))
(preproc_include path: (system_lib_string) @import)

(base_class_clause (type_identifier) @ref.inherit)
(base_class_clause (qualified_identifier name: (type_identifier) @ref.inherit))
(call_expression function: (identifier) @ref.call)
(call_expression function: (field_expression field: (field_identifier) @ref.call))
(call_expression function: (qualified_identifier name: (identifier) @ref.call))
(call_expression function: (qualified_identifier name: (template_function name: (identifier) @ref.call)))
(call_expression function: (template_function name: (identifier) @ref.call))
(new_expression type: (type_identifier) @ref.call)
(type_identifier) @ref.type
(identifier) @ref.use
