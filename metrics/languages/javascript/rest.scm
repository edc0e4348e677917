; Where the grammars of JavaScript and TypeScript differ: attributes in the body of a class, calls of what may be nil.
(field_definition property: (_) @assign.target value: (_)? @assign.value) @assign
(call_expression (optional_chain) @call.optional)
