; Elements of JSX and TSX are calls of their component.
(jsx_opening_element name: (identifier) @ref.call)
(jsx_opening_element name: (member_expression object: (_) @receiver property: (property_identifier) @ref.call))
(jsx_self_closing_element name: (identifier) @ref.call)
(jsx_self_closing_element name: (member_expression object: (_) @receiver property: (property_identifier) @ref.call))
