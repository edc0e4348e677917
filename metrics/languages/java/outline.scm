; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
(method_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(method_declaration type: (generic_type (type_identifier) @_kind) @function.optional (#match? @_kind "^Optional"))
(method_declaration type: (_) @function.returns)
(method_declaration (modifiers "static" @function.static))
(method_declaration (modifiers (marker_annotation name: (_) @_kind) @mark @function.optional) (#any-of? @_kind "Nullable" "CheckForNull"))
(constructor_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(compact_constructor_declaration name: (_) @function.name body: (_) @function.body) @function
(static_initializer (block) @function.body) @function
(lambda_expression parameters: (_) @function.parameters body: (block) @function.body) @function
(lambda_expression body: (_) @lambda.body) @lambda
[(class_declaration name: (_) @class.name body: (_) @class.body) (enum_declaration name: (_) @class.name body: (_) @class.body)
 (record_declaration name: (_) @class.name body: (_) @class.body) (interface_declaration name: (_) @class.name body: (_) @class.body)] @class
(object_creation_expression (class_body) @class.body) @class
(superclass) @class.bases
(super_interfaces (type_list) @class.bases) @inline
(extends_interfaces (type_list) @class.bases) @inline
(generic_type . (_) @index.object) @index
(enum_body_declarations) @inline
(modifiers) @inline
[(marker_annotation) (annotation)] @skip

(formal_parameter type: (_) @parameter.type name: (_) @parameter.name) @parameter
(spread_parameter (variable_declarator name: (_) @parameter.name)) @parameter
(formal_parameter (modifiers (marker_annotation name: (_) @_kind) @mark @parameter.optional) (#any-of? @_kind "Nullable" "CheckForNull"))
(inferred_parameters (identifier) @parameter)
(lambda_expression parameters: (identifier) @parameter)

(if_statement alternative: (block) @else)
(if_statement alternative: (_) @if.else)
(if_statement condition: (_) @if.test consequence: (_) @if.then) @if
(while_statement condition: (_) @while.test body: (_) @while.body) @while
(do_statement body: (_) @while.body condition: (_) @while.test) @while
(for_statement init: (_) @while.start)
(for_statement update: (_) @while.step)
(for_statement condition: (_) @while.test)
(for_statement body: (_) @while.body) @while
(enhanced_for_statement name: (_) @for.target value: (_) @for.source body: (_) @for.body) @for
[(try_statement body: (_) @try.body) (try_with_resources_statement body: (_) @try.body)] @try
(resource name: (_) @assign.target value: (_) @assign.value) @assign
(catch_clause (catch_formal_parameter name: (_) @except.target))
(catch_clause body: (_) @except.body) @except
(finally_clause (block) @finally.body) @finally
(synchronized_statement body: (_) @with.body) @with
(switch_expression condition: (_) @match.subject body: (_) @inline) @match
(switch_label . "default") @default.mark
[(switch_block_statement_group . (switch_label . "default")) (switch_rule . (switch_label . "default"))] @default
[(switch_block_statement_group) (switch_rule)] @case
(switch_rule (switch_label) (_) @case.then)
(switch_label (null_literal) @case.pattern) @inline
(switch_label (pattern) @case.pattern) @inline
(switch_label (_) @case.value) @inline
(switch_block_statement_group (switch_label) (_) @case.then)
(assert_statement . (_) @assert.test) @assert
(return_statement (_)? @return.value) @return
(yield_statement) @leave
(throw_statement) @raise
[(break_statement) (continue_statement)] @leave
[(block) (constructor_body)] @block
(program) @block
(labeled_statement) @statement

(assignment_expression left: (_) @assign.target operator: "=" right: (_) @assign.value) @assign
(assignment_expression left: (_) @update.target operator: ["+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" ">>>="] @update.operator right: (_) @update.value) @update
(update_expression (_) @update.target) @update
[(field_declaration) (local_variable_declaration)] @assign
[(field_declaration type: (_) @assign.type) (local_variable_declaration type: (_) @assign.type)]
(field_declaration (modifiers (marker_annotation name: (_) @_kind) @mark @assign.optional) (#any-of? @_kind "Nullable" "CheckForNull" "MonotonicNonNull"))
(variable_declarator name: (_) @assign.target)
(variable_declarator value: (_) @assign.value)
(variable_declarator) @inline

(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression operator: ["==" "!=" "<" "<=" ">" ">="] @compare.operator) @compare
(binary_expression operator: ["+" "-" "*" "/" "%" "&" "|" "^" "<<" ">>" ">>>"] @binary.operator) @binary
(unary_expression operator: "!" operand: (_) @not.operand) @not
(unary_expression operator: ["-" "+" "~"] @unary.operator) @unary
(instanceof_expression left: (_) @isa.value) @isa
(instanceof_expression right: (_) @isa.type)
(instanceof_expression name: (_) @isa.target)
(cast_expression type: (_) @cast.type value: (_) @cast.value) @cast
(ternary_expression condition: (_) @ternary.test consequence: (_) @ternary.then alternative: (_) @ternary.else) @ternary
(parenthesized_expression (_) @group.inner) @group

(method_invocation object: (identifier) @_of name: (identifier) @_asks arguments: (argument_list . (_) @demand.inner) @inline
  (#eq? @_of "Objects") (#eq? @_asks "requireNonNull")) @demand
(method_invocation name: (identifier) @_asks arguments: (argument_list . (_) @demand.inner) @inline
  (#any-of? @_asks "checkNotNull" "requireNonNull")) @demand
(method_invocation object: (_) @demand.inner name: (identifier) @_asks (#any-of? @_asks "orElseThrow" "getAsInt" "getAsLong" "getAsDouble")) @demand
(method_invocation object: (identifier) @_of name: (identifier) @_asks arguments: (argument_list . (_) @absent.value) @inline
  (#eq? @_of "Objects") (#eq? @_asks "isNull")) @absent
(method_invocation object: (identifier) @_of name: (identifier) @_asks arguments: (argument_list . (_) @present.value) @inline
  (#eq? @_of "Objects") (#eq? @_asks "nonNull")) @present
(method_invocation object: (_) @present.value name: (identifier) @_asks (#eq? @_asks "isPresent")) @present
(method_invocation object: (_) @call.object)
(method_invocation name: (_) @call.name arguments: (_) @call.arguments) @call
(object_creation_expression type: (_) @call.callee arguments: (_) @call.arguments) @call
(field_access object: (_) @member.object field: (_) @member.name) @member
(scoped_identifier scope: (_) @member.object name: (_) @member.name) @member
(array_access array: (_) @index.object index: (_) @index.key) @index

(null_literal) @nil
[(true) (false)] @truth
[(decimal_integer_literal) (hex_integer_literal) (octal_integer_literal) (binary_integer_literal) (decimal_floating_point_literal) (hex_floating_point_literal)] @number
[(string_literal) (character_literal)] @string
[(array_initializer) (array_creation_expression)] @collection
(expression_statement) @statement
[(identifier) (type_identifier) (this) (super)] @name

(import_declaration (scoped_identifier scope: (_) @import.module name: (_) @import.name) @inline) @import
