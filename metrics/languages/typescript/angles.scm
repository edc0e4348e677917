; Casts in angle brackets, which TSX has no room for.
(type_assertion (type_arguments) @cast.type (_) @cast.value) @cast
