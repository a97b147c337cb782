; The fact query of Rust: each capture is a site kind, or a region that places sites.
; The arguments of macros are an opaque token tree in this grammar: code inside them is not seen.

(function_item) @region.function
(closure_expression) @region.closure
(for_expression body: (block) @region.loop)
(while_expression body: (block) @region.loop)
(loop_expression body: (block) @region.loop)
(return_expression) @region.cold
(match_arm pattern: (match_pattern (tuple_struct_pattern type: (identifier) @cold.pattern)) value: (_) @cold.value)

(call_expression function: [(identifier) (scoped_identifier)] @call)
(call_expression function: (field_expression field: (field_identifier) @call.method))
(call_expression function: (generic_function function: [(identifier) (scoped_identifier)] @call))
(call_expression function: (generic_function function: (field_expression field: (field_identifier) @call.method)))
(macro_invocation macro: (_) @macro)
(attribute_item) @attribute
(inner_attribute_item) @attribute.inner
(use_declaration argument: (_) @use)
(extern_crate_declaration name: (_) @extern-crate)
(generic_type) @type
(scoped_type_identifier) @type.scoped
(dynamic_type trait: (_) @dyn)
(reference_type (lifetime)) @reference
(pointer_type) @raw-pointer
(await_expression) @await
(async_block) @async-block
(unsafe_block) @unsafe-block
(try_expression) @try
(index_expression) @index
(binary_expression operator: ["+" "-" "*" "/" "%"] @operator)
(binary_expression operator: ["&" "|" "^" "<<" ">>"] @bit-operator)
(compound_assignment_expr operator: _ @compound-assignment)
(type_cast_expression) @cast
(static_item) @static
(const_item) @const
(const_parameter) @const-parameter
(lifetime_parameter) @lifetime
(where_clause) @where
(type_parameters) @type-parameters
(match_expression "match" @match)
(impl_item trait: (_) @impl)
(trait_item name: (_) @trait)
(struct_item name: (_) @struct)
(struct_item) @region.type
(field_declaration type: (reference_type (lifetime))) @field.reference
(enum_variant body: (_) @data-variant)
(foreign_mod_item) @extern-block
(mod_item) @mod
[(line_comment) (block_comment)] @comment
