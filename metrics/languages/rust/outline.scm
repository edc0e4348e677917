; One capture a role. `@if` names what a node is, `@if.test` the slot that it fills in its parent.
((attribute_item) @_mark . [(mod_item) (function_item) (impl_item)] @skip (#match? @_mark "cfg\\((all\\()?test|#\\[(\\w+::)?test|#\\[bench|rstest"))
((attribute_item) @_mark . (attribute_item) . [(mod_item) (function_item) (impl_item)] @skip (#match? @_mark "cfg\\((all\\()?test|#\\[(\\w+::)?test|#\\[bench|rstest"))
(mod_item name: (identifier) @_name (#any-of? @_name "tests" "test")) @skip
[(attribute_item) (inner_attribute_item) (visibility_modifier) (type_parameters) (where_clause) (lifetime)] @skip

(function_item name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(function_item return_type: (generic_type type: (type_identifier) @_kind) @function.optional (#eq? @_kind "Option"))
(function_item return_type: (_) @function.certain)
(closure_expression parameters: (_) @function.parameters body: (block) @function.body) @function
(closure_expression parameters: (_) @lambda.parameters body: (_) @lambda.body) @lambda
(self_parameter (self) @parameter.name) @parameter
(parameter pattern: (_) @parameter.name) @parameter
(parameter type: (_) @parameter.type)
(closure_parameters (identifier) @parameter)

(struct_item name: (_) @class.name body: (field_declaration_list) @class.body) @class
(enum_item name: (_) @class.name body: (_) @class.body) @class
(trait_item name: (_) @class.name body: (_) @class.body) @class
(trait_item bounds: (_) @class.bases)
(impl_item trait: (_) @class.bases type: [(type_identifier) @class.name (generic_type type: (type_identifier) @class.name) @inline (scoped_type_identifier name: (_) @class.name) @inline] body: (_) @class.body) @class
(impl_item !trait type: [(type_identifier) @class.name (generic_type type: (type_identifier) @class.name) @inline (scoped_type_identifier name: (_) @class.name) @inline] body: (_) @class.body) @class
(impl_item type: (generic_type (type_arguments) @skip))
(field_declaration name: (_) @assign.target type: (_) @assign.type) @assign
(generic_type type: (_) @index.object) @index

(let_declaration pattern: (tuple_struct_pattern type: (identifier) @skip . (_) @assign.target .) @inline value: (_) @assign.value alternative: (block) @assign.else (#eq? @skip "Some")) @assign
(let_declaration pattern: (_) @assign.target) @assign
(let_declaration type: (_) @assign.type)
(let_declaration value: (_) @assign.value)
[(const_item name: (_) @assign.target value: (_) @assign.value) (static_item name: (_) @assign.target value: (_) @assign.value)] @assign
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(compound_assignment_expr left: (_) @update.target operator: _ @update.operator right: (_) @update.value) @update

(else_clause (_) @else.body) @else
(if_expression condition: (_) @if.test consequence: (_) @if.then) @if
(let_condition pattern: (tuple_struct_pattern type: (identifier) @skip . (_) @walrus.target .) @inline value: (_) @walrus.value (#eq? @skip "Some")) @walrus
(let_condition pattern: (tuple_struct_pattern type: (identifier) @_some) @walrus.pattern value: (_) @walrus.value (#eq? @_some "Some")) @walrus
(let_condition pattern: (_) @binding.target value: (_) @binding.value) @binding
(let_chain . (_) @and.left (_) @and.right .) @and
(while_expression condition: (_) @while.test body: (_) @while.body) @while
(loop_expression body: (_) @while.body) @while
(for_expression pattern: (_) @for.target value: (_) @for.source body: (_) @for.body) @for
(match_expression value: (_) @match.subject body: (_) @inline) @match
(match_arm value: (_) @case.then) @case
(match_pattern . [(identifier) (scoped_identifier)] @case.name (#match? @case.name "^([A-Z]|.*::)") (#not-eq? @case.name "None"))
(match_pattern . (_) @case.pattern)
(match_pattern condition: (_) @case.test)
(match_pattern) @inline
(return_expression (_)? @return.value) @return
[(break_expression) (continue_expression)] @leave
(macro_invocation macro: (identifier) @_name (#any-of? @_name "panic" "unreachable" "unimplemented" "todo" "bail")) @raise
[(block) (source_file) (declaration_list)] @block
[(unsafe_block (block) @inline) (async_block (block) @inline)] @with
(expression_statement [(call_expression) (assignment_expression) (compound_assignment_expr) (field_expression) (identifier)]) @statement
(expression_statement) @inline
(try_expression (_) @group.inner) @group
(await_expression (_) @group.inner) @group
(parenthesized_expression (_) @group.inner) @group
(reference_expression value: (_) @group.inner) @group
[(ref_pattern) (mut_pattern) (reference_pattern)] @inline
[(mutable_specifier) (empty_statement)] @skip

(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression operator: ["==" "!=" "<" "<=" ">" ">="] @compare.operator) @compare
(binary_expression operator: ["+" "-" "*" "/" "%" "&" "|" "^" "<<" ">>"] @binary.operator) @binary
(unary_expression "!" (_) @not.operand) @not
(unary_expression "*" (_) @group.inner) @group
(unary_expression ["-"] @unary.operator) @unary
(type_cast_expression value: (_) @cast.value type: (_) @cast.type) @cast

(call_expression function: (field_expression value: (_) @demand.inner field: (_) @_asks) @inline
  (#any-of? @_asks "unwrap" "expect" "unwrap_unchecked")) @demand
(call_expression function: (field_expression value: (_) @absent.value field: (_) @_asks) @inline (#eq? @_asks "is_none")) @absent
(call_expression function: (field_expression value: (_) @present.value field: (_) @_asks) @inline (#eq? @_asks "is_some")) @present
(call_expression function: (field_expression value: (_) @group.inner field: (_) @_asks) @inline
  (#any-of? @_asks "as_ref" "as_mut" "as_deref" "as_deref_mut" "clone" "cloned" "copied" "borrow" "borrow_mut")) @group
(call_expression function: (generic_function function: (field_expression value: (_) @cast.value field: (_) @_asks) @inline
  type_arguments: (type_arguments (_) @cast.type) @inline) @inline (#any-of? @_asks "downcast_ref" "downcast_mut" "downcast")) @cast
(generic_function function: [(identifier) (scoped_identifier)] type_arguments: (_) @skip)
(generic_function function: (field_expression field: (_) @_asks) type_arguments: (_) @skip (#not-match? @_asks "^downcast"))
(call_expression function: (generic_function function: (_) @call.callee) @inline arguments: (_) @call.arguments) @call
(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(macro_invocation macro: (_) @call.callee (token_tree) @call.arguments) @call
(struct_expression name: (_) @call.callee body: (_) @call.arguments) @call
(field_initializer field: (_) @keyword.name value: (_) @keyword.value) @keyword
(shorthand_field_initializer (identifier) @keyword.name) @keyword
(field_expression value: (_) @member.object field: (_) @member.name) @member
[(scoped_identifier path: (_) @member.object name: (_) @member.name) (scoped_type_identifier path: (_) @member.object name: (_) @member.name)] @member
(index_expression . (_) @index.object . (_) @index.key) @index
(tuple_struct_pattern type: (_) @pattern.name)
(struct_pattern type: (_) @pattern.name)

((identifier) @nil (#eq? @nil "None"))
(boolean_literal) @truth
[(integer_literal) (float_literal)] @number
[(string_literal) (raw_string_literal) (char_literal)] @string
[(array_expression) (tuple_expression)] @collection
[(identifier) (field_identifier) (type_identifier) (self) (super) (crate) (primitive_type) (shorthand_field_identifier)] @name

(use_declaration argument: (scoped_identifier path: (_) @import.module name: (_) @import.name) @inline) @import
(use_declaration argument: (scoped_use_list path: (_) @import.module list: (use_list (_) @import.name) @inline) @inline) @import
(use_as_clause path: (_) @aliased.name alias: (_) @aliased.alias) @aliased
(use_declaration) @import
