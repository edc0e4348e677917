; Parameters without types.
(formal_parameters [(identifier) (object_pattern) (array_pattern) (rest_pattern)] @parameter)
(formal_parameters (assignment_pattern left: (_) @parameter.name right: (_) @parameter.default) @parameter)
