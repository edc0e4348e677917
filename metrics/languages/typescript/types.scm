; What TypeScript writes of types.
(public_field_definition name: (_) @assign.target "?"? @assign.optional type: (_)? @assign.type value: (_)? @assign.value) @assign
(variable_declarator type: (_) @assign.type)
(as_expression (_) @cast.value . (_) @cast.type .) @cast
(satisfies_expression . (_) @group.inner) @group
(non_null_expression (_) @demand.inner) @demand
(extends_clause value: (_) @group.inner) @group
(type_identifier) @name
(predefined_type) @name
(call_expression "?." @call.optional)
