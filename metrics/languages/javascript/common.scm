; What JavaScript and TypeScript have in common. The first capture that takes a node keeps it.
(function_declaration name: (_) @function.name) @function
(generator_function_declaration name: (_) @function.name) @function
(function_expression name: (_)? @function.name) @function
(generator_function name: (_)? @function.name) @function
(method_definition name: (_) @function.name) @function
(method_definition ["get" "set" "static"] @function.mark)
(arrow_function body: (statement_block)) @function
(function_declaration parameters: (_) @function.parameters body: (_) @function.body)
(generator_function_declaration parameters: (_) @function.parameters body: (_) @function.body)
(function_expression parameters: (_) @function.parameters body: (_) @function.body)
(generator_function parameters: (_) @function.parameters body: (_) @function.body)
(method_definition parameters: (_) @function.parameters body: (_) @function.body)
(arrow_function parameters: (_)? @function.parameters body: (_) @function.body)
(arrow_function parameter: (_) @parameter)
(arrow_function) @lambda
(class_declaration name: (_) @class.name body: (_) @class.body) @class
(class name: (_)? @class.name body: (_) @class.body) @class
(class_heritage) @class.bases
(decorator (_) @decorator.value) @decorator

(object_pattern) @pattern
(array_pattern) @pattern
(rest_pattern) @pattern
(pair_pattern key: (_) @pattern.key) @pattern
(object_assignment_pattern right: (_) @pattern.default) @pattern
(assignment_pattern right: (_) @pattern.default) @pattern

(if_statement condition: (_) @if.test consequence: (_) @if.then) @if
(else_clause (_) @else.body) @else
(for_statement condition: (empty_statement) @while.end)
(while_statement condition: (_) @while.test body: (_) @while.body) @while
(do_statement body: (_) @while.body condition: (_) @while.test) @while
(for_statement initializer: [(lexical_declaration) (variable_declaration) (expression_statement) (empty_statement)] @while.start) @while
(for_statement initializer: (_) @while.start)
(for_statement condition: (_) @while.test)
(for_statement increment: (_) @while.step)
(for_statement body: (_) @while.body)
(for_in_statement left: (_) @for.target operator: "of" right: (_) @for.source) @for
(for_in_statement left: (_) @for.target operator: "in" right: (_) @for.keys) @for
(for_in_statement body: (_) @for.body)
(try_statement body: (_) @try.body) @try
(catch_clause parameter: (_)? @except.target body: (_) @except.body) @except
(finally_clause body: (_) @finally.body) @finally
(switch_statement value: (_) @match.subject) @match
(switch_case value: (_) @case.value body: (_)* @case.then) @case
(switch_default body: (_)* @default.then) @default
(return_statement (_)? @return.value) @return
(throw_statement) @raise
[(break_statement) (continue_statement)] @leave
(unary_expression operator: "delete" argument: (_) @delete.target) @delete
(statement_block) @block
(class_body) @block
(program) @block
(empty_statement) @pass
(expression_statement (call_expression function: (identifier) @_assert arguments: (arguments . (_) @assert.test) @assert.arguments) @assert
  (#any-of? @_assert "assert" "invariant" "nullthrows" "assertIsDefined" "assertDefined"))

(import_statement source: (_) @import.module) @import
(import_clause (identifier) @import.name)
(namespace_import (identifier) @aliased.alias) @aliased
(import_specifier name: (_) @import.name !alias)
(import_specifier name: (_) @aliased.name alias: (_) @aliased.alias) @aliased
(variable_declarator name: (identifier) @import.name
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @import.module)) (#eq? @_require "require")) @import
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @import.name)
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @import.module)) (#eq? @_require "require")) @import

(variable_declarator name: (_) @assign.target value: (_)? @assign.value) @assign
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(augmented_assignment_expression left: (_) @fill.target operator: ["??=" "||="] right: (_) @fill.value) @fill
(augmented_assignment_expression left: (_) @update.target operator: _ @update.operator right: (_) @update.value) @update
(update_expression argument: (_) @update.target operator: _ @update.operator) @update

(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression left: (_) @coalesce.left operator: "??" right: (_) @coalesce.right) @coalesce
(binary_expression left: (_) @isa.value operator: "instanceof" right: (_) @isa.type) @isa
(binary_expression left: (unary_expression operator: "typeof" argument: (_) @group.inner) @group
  right: (string (string_fragment) @_undefined) @nil (#eq? @_undefined "undefined"))
(binary_expression left: (string (string_fragment) @_undefined) @nil
  right: (unary_expression operator: "typeof" argument: (_) @group.inner) @group (#eq? @_undefined "undefined"))
(binary_expression operator: ["==" "===" "!=" "!==" "<" "<=" ">" ">=" "in"] @compare.operator) @compare
(binary_expression operator: ["+" "-" "*" "/" "%" "**" "&" "|" "^" "<<" ">>" ">>>"] @binary.operator) @binary
(unary_expression operator: "!" argument: (_) @not.operand) @not
(unary_expression operator: "typeof" @typeof.operator argument: (_) @typeof.operand) @typeof
(unary_expression operator: "void" argument: (number)) @nil
(unary_expression operator: ["+" "-" "~" "void"] @unary.operator) @unary
(ternary_expression condition: (_) @ternary.test consequence: (_) @ternary.then alternative: (_) @ternary.else) @ternary
(parenthesized_expression (_) @group.inner) @group
(await_expression (_) @group.inner) @group

(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(new_expression constructor: (_) @call.callee arguments: (_)? @call.arguments) @call
(member_expression object: (_) @member.object property: (_) @member.name) @member
(member_expression optional_chain: (_) @member.optional)
(subscript_expression object: (_) @index.object index: (_) @index.key) @index
(subscript_expression optional_chain: (_) @index.optional)
(pair key: (_) @pair.name value: (_) @pair.value) @pair

[(identifier) (property_identifier) (private_property_identifier) (shorthand_property_identifier)
 (shorthand_property_identifier_pattern) (this) (super)] @name
[(null) (undefined)] @nil
[(true) (false)] @truth
(number) @number
[(string) (template_string) (regex)] @string
(template_substitution) @interpolation
[(array) (object)] @collection
[(expression_statement) (lexical_declaration) (variable_declaration)] @statement
(yield_expression) @yield
