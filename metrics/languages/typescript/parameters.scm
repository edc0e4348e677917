; Parameters with types.
(required_parameter pattern: (_) @parameter.name type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(optional_parameter pattern: (_) @parameter.name "?" @parameter.optional type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(function_declaration return_type: (_) @function.returns)
(function_expression return_type: (_) @function.returns)
(method_definition return_type: (_) @function.returns)
(arrow_function return_type: (_) @function.returns)
(abstract_class_declaration name: (_) @class.name body: (_) @class.body) @class
