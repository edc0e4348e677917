; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
; Everything is a call here: what a call means is told by the word that it begins with.
(unary_operator operator: "@" operand: (call target: (identifier) @_word (#any-of? @_word "doc" "moduledoc" "typedoc" "spec" "type" "typep" "opaque" "callback" "macrocallback" "impl" "dialyzer"))) @skip
(call target: (identifier) @_word (#any-of? @_word "test" "describe" "property" "doctest")) @skip

(call target: (identifier) @skip (arguments (alias) @class.name) @inline (do_block) @class.body
  (#any-of? @skip "defmodule" "defprotocol" "defimpl")) @class
(call target: (identifier) @skip (arguments [
    (call target: (identifier) @function.name (arguments) @function.parameters) @inline
    (identifier) @function.name
    (binary_operator left: (call target: (identifier) @function.name (arguments) @function.parameters) @inline operator: "when" right: (_) @function.guard) @inline])
  @inline (do_block) @function.body (#any-of? @skip "def" "defp" "defmacro" "defmacrop")) @function
(call target: (identifier) @skip (arguments [
    (call target: (identifier) @function.name (arguments) @function.parameters) @inline
    (identifier) @function.name
    (binary_operator left: (call target: (identifier) @function.name (arguments) @function.parameters) @inline operator: "when" right: (_) @function.guard) @inline]
    (keywords (pair key: (keyword) @_do value: (_) @function.body) @inline) @inline)
  @inline (#any-of? @skip "def" "defp" "defmacro" "defmacrop") (#match? @_do "^do:")) @function
(call target: (identifier) @skip (arguments . (_) (keywords (pair key: (keyword) @skip) @inline)) (#any-of? @skip "def" "defp" "defmacro" "defmacrop" "do: "))
(call target: (identifier) @_word (arguments (call (arguments (identifier) @parameter))) (#any-of? @_word "def" "defp" "defmacro" "defmacrop"))
(call target: (identifier) @_word (arguments (binary_operator (call (arguments (identifier) @parameter)))) (#any-of? @_word "def" "defp" "defmacro" "defmacrop"))
(call (arguments (binary_operator left: (identifier) @parameter.name operator: "\\\\" right: (_) @parameter.default) @parameter))
(call (arguments (binary_operator left: (_) @parameter.pattern operator: "=" right: (identifier) @parameter.name) @parameter) @function.parameters)
(anonymous_function . (stab_clause left: (_)? @function.parameters right: (body) @function.body) @inline .) @function
(anonymous_function) @match
(anonymous_function (stab_clause left: (arguments (identifier) @parameter)))

(call target: (identifier) @skip (arguments . (_) @if.test .) @inline (do_block) @if.then (#eq? @skip "if")) @if
(call target: (identifier) @skip (arguments . (_) @if.denied .) @inline (do_block) @if.then (#eq? @skip "unless")) @if
(call target: (identifier) @skip (arguments . (_) @if.test (keywords . (pair key: (_) @_do value: (_) @if.then) @inline) @inline) @inline (#eq? @skip "if") (#match? @_do "^do:")) @if
(call target: (identifier) @skip (arguments . (_) @if.denied (keywords . (pair key: (_) @_do value: (_) @if.then) @inline) @inline) @inline (#eq? @skip "unless") (#match? @_do "^do:")) @if
(call target: (identifier) @_word (arguments (keywords (pair key: (_) @skip value: (_) @else.body) @else)) (#any-of? @_word "if" "unless") (#match? @skip "^else:"))
(call target: (identifier) @_word (arguments (keywords (pair key: (_) @skip))) (#any-of? @_word "if" "unless") (#match? @skip "^do:"))
(call target: (identifier) @_word (do_block (else_block) @else @else.branch) @inline (#any-of? @_word "if" "unless" "with"))
(call target: (identifier) @skip (arguments . (_) @match.subject) @inline (do_block) @inline (#eq? @skip "case")) @match
(call target: (identifier) @skip (do_block) @inline (#any-of? @skip "cond" "receive")) @match
(call target: (identifier) @_word (do_block (stab_clause left: (arguments . (_) @case.test .) @inline right: (_) @case.then) @case) (#eq? @_word "cond"))
(call target: (identifier) @_word (do_block (stab_clause left: (arguments . (_) @case.pattern .) @inline right: (_) @case.then) @case) (#any-of? @_word "case" "receive"))
(call target: (identifier) @_word (do_block (stab_clause left: (binary_operator left: (arguments . (_) @case.pattern) @inline operator: "when" right: (_) @case.test) @inline right: (_) @case.then) @case) (#any-of? @_word "case" "receive"))
(stab_clause left: (_) @case.pattern right: (_) @case.then) @case
(stab_clause right: (_) @case.then) @case
(call target: (identifier) @skip (arguments) @inline (do_block) @with.body (#eq? @skip "with")) @with
(call target: (identifier) @skip (do_block) @try.body @inline (#eq? @skip "try")) @try
[(rescue_block) (catch_block)] @except
[(rescue_block) (catch_block)] @except.branch
(after_block) @finally
(after_block) @finally.branch
(else_block) @else
(call target: (identifier) @skip (arguments) @inline (do_block)? @for.body (#eq? @skip "for")) @for
(binary_operator left: (_) @assign.target operator: "<-" right: (_) @assign.value) @assign
(call target: (identifier) @_word (#any-of? @_word "raise" "reraise" "throw" "exit")) @raise
[(do_block) (body) (block) (source)] @block

(binary_operator left: (_) @assign.target operator: "=" right: (_) @assign.value) @assign
(binary_operator left: (_) @and.left operator: ["&&" "and"] right: (_) @and.right) @and
(binary_operator left: (_) @or.left operator: ["||" "or"] right: (_) @or.right) @or
(binary_operator operator: ["==" "!=" "===" "!==" "<" "<=" ">" ">=" "in" "not in" "=~"] @compare.operator) @compare
(binary_operator operator: ["+" "-" "*" "/" "++" "--" "<>" "|>" "|"] @binary.operator) @binary
(unary_operator operator: ["!" "not"] operand: (_) @not.operand) @not
(unary_operator operator: "@" operand: (_) @name) @group
(unary_operator operator: ["-" "+" "&" "^"] @unary.operator) @unary

(call target: (identifier) @_asks (arguments . (_) @absent.value .) @inline (#eq? @_asks "is_nil")) @absent
(call target: (identifier) @_asks (arguments . (_) @isa.value .) @inline (#match? @_asks "^is_[a-z]+$")) @isa
(call target: (dot left: (_) @member.object right: (_) @member.name) @call.callee (arguments) @call.arguments) @call
(call target: (dot left: (_) @member.object right: (identifier) @member.name) .) @inline
(dot left: (_) @member.object right: (_) @member.name) @member
(dot) @member
(call target: (_) @call.callee (arguments) @call.arguments) @call
(call target: (_) @call.callee (do_block)) @call
(call) @call
(pair key: (_) @keyword.name value: (_) @keyword.value) @keyword
(access_call target: (_) @index.object key: (_) @index.key) @index

(nil) @nil
(boolean) @truth
[(integer) (float) (char)] @number
[(string) (charlist) (atom) (quoted_atom) (sigil) (keyword) (quoted_keyword)] @string
[(list) (tuple) (map) (bitstring)] @collection
[(identifier) (alias) (operator_identifier)] @name
[(map_content)] @inline
