; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
(function_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(method_declaration receiver: (_) @function.receiver name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(func_literal parameters: (_) @function.parameters body: (_) @function.body) @function
[(function_declaration result: (_) @function.returns) (method_declaration result: (_) @function.returns)
 (func_literal result: (_) @function.returns)]
(method_declaration receiver: (parameter_list (parameter_declaration name: (_) @parameter.name type: (_) @parameter.type) @parameter))
(parameter_declaration name: (identifier) @parameter)
(variadic_parameter_declaration name: (identifier) @parameter)
[(parameter_declaration) (variadic_parameter_declaration)] @inline

(type_spec name: (_) @class.name type: (struct_type (field_declaration_list) @class.body)) @class
[(type_declaration) (struct_type)] @inline
(field_declaration name: (field_identifier) @assign.target type: (_) @assign.type) @assign
(field_declaration !name type: (_) @base.type) @base

(if_statement alternative: (block) @else)
(if_statement alternative: (if_statement) @if.else)
(if_statement initializer: (_) @if.start)
(if_statement condition: (_) @if.test consequence: (_) @if.then) @if
(for_statement (range_clause left: (_) @for.target right: (_) @for.source) body: (_) @for.body) @for
(for_statement (range_clause !left right: (_) @for.source) body: (_) @for.body) @for
(range_clause) @inline
(for_statement (for_clause initializer: (_) @while.start) body: (_) @while.body)
(for_statement (for_clause condition: (_) @while.test) body: (_) @while.body) @while
(for_statement (for_clause update: (_) @while.step))
(for_clause) @inline
(for_statement . [(binary_expression) (identifier) (call_expression) (unary_expression) (selector_expression) (true)] @while.test body: (_) @while.body) @while
(for_statement . body: (_) @while.body) @while
(type_switch_statement value: (_) @match.subject) @match
(type_switch_statement alias: (_) @match.target)
(expression_switch_statement value: (_) @match.subject) @match
(expression_switch_statement !value) @match
(select_statement) @match
[(type_case) (expression_case) (communication_case)] @case
(default_case) @default
[(type_case (statement_list) @case.then) (expression_case (statement_list) @case.then)
 (default_case (statement_list) @default.then) (communication_case (statement_list) @case.then)]
(type_case (type_identifier) @nil (#eq? @nil "nil"))
(type_case (type_identifier) @case.pattern (#eq? @case.pattern "nil"))
(type_case [(type_identifier) (pointer_type) (qualified_type) (slice_type) (map_type) (interface_type) (function_type)] @case.type)
(expression_case value: (expression_list . (nil) @case.pattern .))
(expression_case value: (_) @case.value)
(return_statement (_)? @return.value) @return
(expression_statement (call_expression function: (identifier) @_name) (#eq? @_name "panic")) @raise
(expression_statement (call_expression function: (selector_expression operand: (identifier) @_of field: (_) @_name)) (#eq? @_of "log") (#match? @_name "^(Fatal|Panic)")) @raise
(expression_statement (call_expression function: (selector_expression operand: (identifier) @_of field: (_) @_name)) (#eq? @_of "os") (#eq? @_name "Exit")) @raise
[(break_statement) (continue_statement) (goto_statement)] @leave
(block) @block
(source_file) @block
(_ (statement_list) @inline)

(short_var_declaration left: (_) @assign.target right: (_) @assign.value) @assign
(assignment_statement left: (_) @update.target operator: ["+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "&^="] @update.operator right: (_) @update.value) @update
(assignment_statement left: (_) @assign.target operator: "=" right: (_) @assign.value) @assign
[(inc_statement (_) @update.target) (dec_statement (_) @update.target)] @update
(var_spec name: (_) @assign.target) @assign
(var_spec type: (_) @assign.type)
(var_spec value: (_) @assign.value)
(const_spec name: (_) @assign.target value: (_) @assign.value) @assign
[(var_declaration) (const_declaration) (var_spec_list)] @inline
(expression_list . (_) .) @inline

(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression left: (identifier) @_error operator: "!=" right: (nil) (#match? @_error "^(err|.*Err)$")) @failed
(binary_expression operator: ["==" "!=" "<" "<=" ">" ">="] @compare.operator) @compare
(binary_expression operator: ["+" "-" "*" "/" "%" "&" "|" "^" "<<" ">>" "&^"] @binary.operator) @binary
(unary_expression operator: "!" operand: (_) @not.operand) @not
(unary_expression operator: "&" operand: (composite_literal)) @collection
(unary_expression operator: ["-" "+" "*" "&" "<-" "^"] @unary.operator) @unary
(parenthesized_expression (_) @group.inner) @group

(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(type_conversion_expression type: (_) @call.callee) @call
(keyed_element key: (_) @keyword.name value: (_) @keyword.value) @keyword
(literal_element) @inline
(selector_expression operand: (_) @member.object field: (_) @member.name) @member
(qualified_type package: (_) @member.object name: (_) @member.name) @member
(index_expression operand: (_) @index.object index: (_) @index.key) @index
(slice_expression operand: (_) @index.object) @index
(_ left: (expression_list (_) (_)) right: (expression_list (type_assertion_expression operand: (_) @isa.value type: (_) @isa.type) @isa))
(type_assertion_expression operand: (_) @cast.value type: (_) @cast.type) @cast

(nil) @nil
[(true) (false)] @truth
[(int_literal) (float_literal) (imaginary_literal)] @number
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @string
(composite_literal) @collection
(expression_statement) @statement
[(go_statement) (defer_statement) (send_statement)] @statement
[(identifier) (field_identifier) (type_identifier) (package_identifier)] @name

(import_spec path: (_) @import.name) @import
[(import_declaration) (import_spec_list)] @inline
