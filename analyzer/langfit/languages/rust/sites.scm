; What is looked for in Rust source; for the form of the captures and comments see sites.scm of Go.
; The arguments of macros are an opaque token tree in this grammar: code inside them is not seen.

(function_item) @region.function
(closure_expression) @region.closure
(for_expression body: (block) @region.loop)
(while_expression body: (block) @region.loop)
(loop_expression body: (block) @region.loop)
(return_expression) @region.cold
(match_arm pattern: (match_pattern (tuple_struct_pattern type: (identifier) @part.cold-pattern)) value: (_) @part.cold-value)

[(line_comment) (block_comment)] @part.comment
(attribute_item) @part.attribute
(inner_attribute_item) @part.inner-attribute
(use_declaration argument: (_) @part.use)
(extern_crate_declaration) @part.extern-crate
(mod_item) @part.module

(call_expression function: [(identifier) (scoped_identifier)] @call.path)  ; always
(call_expression function: (field_expression field: (field_identifier) @call.method))  ; always
(call_expression function: (generic_function function: [(identifier) (scoped_identifier)] @call.path))  ; always
(call_expression function: (generic_function function: (field_expression field: (field_identifier) @call.method)))  ; always
(macro_invocation macro: (_) @macro.path)  ; always
(generic_type) @type.type
(scoped_type_identifier) @type.type  ; always
(dynamic_type trait: (_) @dyn.path)
(reference_type (lifetime)) @part.reference  ; for reference
(pointer_type) @raw-pointer
(await_expression) @await
(async_block) @async-block
(unsafe_block) @part.unsafe  ; for unsafe-block
(try_expression) @try
(index_expression) @index  ; for kernel
(binary_expression operator: ["+" "-" "*" "/" "%"] @operator)  ; for kernel
(binary_expression operator: ["&" "|" "^" "<<" ">>"] @bit-operator)  ; for kernel
(compound_assignment_expr operator: _ @compound-assignment)  ; for kernel
(type_cast_expression) @cast
(static_item) @part.static  ; for static
(const_item) @const  ; always
(const_parameter) @const-parameter
(lifetime_parameter) @lifetime
(where_clause) @where
(type_parameters) @type-parameters
(match_expression "match" @match)
(impl_item trait: (_) @part.impl)  ; for impl unsafe-impl
(trait_item name: (_) @trait.path)  ; always
(struct_item name: (_) @struct.path)  ; always
(enum_item name: (_) @enum.path)  ; always
(field_declaration type: (reference_type (lifetime))) @part.reference-field  ; for borrowed-field
(enum_variant body: (_) @data-variant)
(foreign_mod_item) @extern-block  ; always
