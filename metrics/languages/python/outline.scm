; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
(function_definition name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(function_definition return_type: (_) @function.returns)
(lambda body: (_) @lambda.body) @lambda
(class_definition name: (_) @class.name body: (_) @class.body) @class
(class_definition superclasses: (_) @class.bases)
(decorator (_) @decorator.value) @decorator
(decorated_definition definition: (_) @decorated.definition) @decorated

(parameters (identifier) @parameter)
(lambda_parameters (identifier) @parameter)
(default_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter
(typed_parameter . (_) @parameter.name type: (_) @parameter.type) @parameter
(typed_default_parameter name: (_) @parameter.name type: (_) @parameter.type value: (_) @parameter.default) @parameter

(if_statement condition: (_) @if.test consequence: (_) @if.then) @if
(elif_clause condition: (_) @elif.test consequence: (_) @elif.then) @elif
(else_clause body: (_) @else.body) @else
(while_statement condition: (_) @while.test body: (_) @while.body) @while
(for_statement left: (_) @for.target right: (_) @for.source body: (_) @for.body) @for
(try_statement body: (_) @try.body) @try
(except_clause (block) @except.body) @except
(finally_clause (block) @finally.body) @finally
(with_statement body: (_) @with.body) @with
(match_statement subject: (_) @match.subject) @match
(case_clause consequence: (_) @case.then) @case
(assert_statement . (_) @assert.test) @assert
(return_statement (_)? @return.value) @return
(raise_statement) @raise
[(break_statement) (continue_statement)] @leave
(delete_statement (_) @delete.target) @delete
(block) @block
(module) @block
(pass_statement) @pass
[(global_statement) (nonlocal_statement)] @outer

(assignment left: (_) @assign.target) @assign
(assignment right: (_) @assign.value)
(assignment type: (_) @assign.type)
(augmented_assignment left: (_) @update.target operator: _ @update.operator right: (_) @update.value) @update
(binary_operator operator: _ @binary.operator) @binary
(unary_operator operator: _ @unary.operator) @unary
(named_expression name: (_) @walrus.target value: (_) @walrus.value) @walrus
(as_pattern (_) @as.value alias: (_) @as.target) @as

(boolean_operator left: (_) @and.left operator: "and" right: (_) @and.right) @and
(boolean_operator left: (_) @or.left operator: "or" right: (_) @or.right) @or
(not_operator argument: (_) @not.operand) @not
(comparison_operator operators: _ @compare.operator) @compare
(conditional_expression . (_) @ternary.then . (_) @ternary.test . (_) @ternary.else) @ternary
(parenthesized_expression (_) @group.inner) @group
(await (_) @group.inner) @group

(call function: (_) @call.callee arguments: (_) @call.arguments) @call
(pair key: (_) @pair.key value: (_) @pair.value) @pair
(keyword_argument name: (_) @keyword.name value: (_) @keyword.value) @keyword
(attribute object: (_) @member.object attribute: (_) @member.name) @member
(subscript value: (_) @index.object) @index
(subscript subscript: (_) @index.key)

[(list_comprehension body: (_) @comprehension.body) (set_comprehension body: (_) @comprehension.body)
 (dictionary_comprehension body: (_) @comprehension.body) (generator_expression body: (_) @comprehension.body)] @comprehension
(for_in_clause left: (_) @for_in.target right: (_) @for_in.source) @for_in
(if_clause (_) @filter.test) @filter

(identifier) @name
(none) @nil
[(true) (false)] @truth
[(integer) (float)] @number
(string) @string
(concatenated_string) @string
(interpolation) @interpolation
[(list) (tuple) (dictionary) (set)] @collection
(expression_statement) @statement

(import_statement name: (_) @import.name) @import
(import_from_statement module_name: (_) @import.module) @import
(import_from_statement name: (_) @import.name)
(aliased_import name: (_) @aliased.name alias: (_) @aliased.alias) @aliased
(yield) @yield
(yield "from" @yield.operator)
