; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
(method name: (_) @function.name) @function
(method parameters: (_) @function.parameters)
(method body: (_) @function.body)
(singleton_method object: (_) @function.static name: (_) @function.name) @function
(singleton_method parameters: (_) @function.parameters)
(singleton_method body: (_) @function.body)
[(class name: (_) @class.name body: (_) @class.body) (module name: (_) @class.name body: (_) @class.body)] @class
(superclass) @class.bases
[(lambda (block (block_body) @lambda.body)) (lambda (do_block (body_statement) @lambda.body))] @lambda
(lambda parameters: (_) @lambda.parameters)

(method_parameters (identifier) @parameter)
(lambda_parameters (identifier) @parameter)
(block_parameters (identifier) @block.target)
(destructured_parameter (identifier) @block.target)
(optional_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter
(keyword_parameter name: (_) @parameter.name) @parameter
(keyword_parameter value: (_) @parameter.default)
[(splat_parameter name: (_) @parameter.name) (hash_splat_parameter name: (_) @parameter.name) (block_parameter name: (_) @parameter.name)] @parameter

(elsif condition: (_) @elif.test consequence: (_) @elif.then) @elif
(elsif condition: (_) @elif.test) @elif
(else) @else
(if condition: (_) @if.test) @if
(if consequence: (_) @if.then)
(unless condition: (_) @if.denied) @if
(unless consequence: (_) @if.then)
(if_modifier body: (_) @if.then condition: (_) @if.test) @if
(unless_modifier body: (_) @if.then condition: (_) @if.denied) @if
(while condition: (_) @while.test body: (_) @while.body) @while
(until condition: (_) @while.denied body: (_) @while.body) @while
(while_modifier body: (_) @while.body condition: (_) @while.test) @while
(until_modifier body: (_) @while.body condition: (_) @while.denied) @while
(for pattern: (_) @for.target value: (in (_) @for.source) @inline body: (_) @for.body) @for
(case value: (_) @match.subject) @match
(case !value) @match
(case_match value: (_) @match.subject) @match
(when pattern: (pattern (nil) @case.pattern)) @case
(when pattern: (_) @case.value) @case
(when body: (_) @case.then)
(in_clause pattern: (_) @case.pattern) @case
(in_clause body: (_) @case.then)
(pattern) @inline
(begin) @try
(rescue body: (_) @except.body) @except
(rescue (exception_variable (_) @except.target))
(ensure) @finally
(rescue_modifier body: (_) @rescue.body handler: (_) @rescue.value) @rescue
[(body_statement (rescue)) (body_statement (ensure))] @try
[(return (argument_list . (_) @return.value .) @inline) (return (argument_list) @return.value) (return)] @return
(call !receiver method: (identifier) @_name (#any-of? @_name "raise" "fail" "abort" "exit")) @raise
[(break) (next) (redo) (retry)] @leave
(yield) @statement
[(body_statement) (block_body) (then) (do) (program)] @block
[(do_block) (block)] @block
[(begin_block) (end_block)] @block
(singleton_class) @block

(assignment left: (_) @assign.target right: (_) @assign.value) @assign
(operator_assignment left: (_) @fill.target operator: "||=" right: (_) @fill.value) @fill
(operator_assignment left: (_) @update.target operator: ["+=" "-=" "*=" "/=" "%=" "&&=" "|=" "&=" "^=" "**=" "<<=" ">>="] @update.operator right: (_) @update.value) @update

(binary left: (_) @and.left operator: ["&&" "and"] right: (_) @and.right) @and
(binary left: (_) @or.left operator: ["||" "or"] right: (_) @or.right) @or
(binary operator: ["==" "!=" "<" "<=" ">" ">=" "===" "=~" "!~" "<=>"] @compare.operator) @compare
(binary left: (_) @put.target operator: "<<" @put.operator) @put
(binary operator: ["+" "-" "*" "/" "%" "&" "|" "^" ">>" "**"] @binary.operator) @binary
(unary operator: ["!" "not"] operand: (_) @not.operand) @not
(unary operator: ["-" "+" "~" "defined?"] @unary.operator) @unary
(conditional condition: (_) @ternary.test consequence: (_) @ternary.then alternative: (_) @ternary.else) @ternary
(parenthesized_statements . (_) @group.inner .) @group

(call receiver: (_) @isa.value method: (identifier) @_asks arguments: (argument_list . (_) @isa.type .) @inline
  (#any-of? @_asks "is_a?" "kind_of?" "instance_of?")) @isa
(call receiver: (_) @absent.value method: (identifier) @_asks !arguments (#any-of? @_asks "nil?" "blank?")) @absent
(call receiver: (_) @present.value method: (identifier) @_asks !arguments (#eq? @_asks "present?")) @present
(call receiver: (_) @cast.value method: (identifier) @cast.type !arguments !block
  (#any-of? @cast.type "to_s" "to_sym" "to_i" "to_f" "to_a" "to_h")) @cast
(call receiver: (_) @member.object method: (_) @member.name !arguments !block) @member
(call operator: "&." @member.optional)
(call receiver: (_) @call.object)
(call method: (_) @call.name) @call
(call arguments: (_) @call.arguments)
(pair key: (_) @keyword.name value: (_) @keyword.value) @keyword
(scope_resolution scope: (_) @member.object name: (_) @member.name) @member
(element_reference object: (_) @index.object . (_) @index.key) @index

(nil) @nil
[(true) (false)] @truth
[(integer) (float) (rational) (complex)] @number
[(string) (simple_symbol) (hash_key_symbol) (delimited_symbol) (regex) (chained_string) (subshell) (heredoc_body) (character)] @string
[(array) (hash) (string_array) (symbol_array) (left_assignment_list) (right_assignment_list)] @collection
(instance_variable) @own
[(identifier) (constant) (self) (super) (global_variable) (class_variable) (operator)] @name

(call !receiver method: (identifier) @_name arguments: (argument_list (string) @import.name) (#any-of? @_name "require" "require_relative")) @import
