; What is looked for in Go source. One pattern per kind of site, captured as `@kind` or `@kind.way`: the way says how
; its name is read (`path` a resolved call, `type` a resolved type, `text` the source). `@region...` places sites and
; `@part...` is read by extract.py. A comment `; for X` behind a pattern keeps it where a rule asks for the kind or trait X,
; `; always` keeps it whatever rules ask.

(function_declaration) @region.function
(method_declaration) @region.function
(func_literal) @region.closure
(for_statement body: (block) @region.loop)
(return_statement) @region.cold
(if_statement
  consequence: (block (statement_list
    [(return_statement) (break_statement) (continue_statement) (goto_statement)] .)) @region.guard)
(if_statement
  condition: (binary_expression operator: "!=" right: (nil)) @part.error-condition
  consequence: (block) @part.error-block)
(const_declaration) @part.constant

(package_clause (package_identifier) @part.package)
(import_spec) @part.import
(comment) @part.comment

(call_expression function: (_) @call.path)  ; always
(type_conversion_expression type: (generic_type type: (_) @call.path))  ; always: g[int](x) reads as a conversion
(qualified_type) @type.type  ; always
(parameter_declaration type: [(qualified_type) (pointer_type (qualified_type))] @parameter.type)  ; for context handler
(parameter_declaration type: (function_type) @callback)  ; always
(composite_literal type: [(type_identifier) (qualified_type)] @composite.type)  ; always
(unary_expression operator: "&" operand: (composite_literal type: (_) @address-literal.type))
(unary_expression operator: "<-" @receive)
(binary_expression operator: ["+" "-" "*" "/" "%"] @operator)  ; for kernel
(binary_expression operator: ["&" "|" "^" "<<" ">>" "&^"] @bit-operator)  ; for kernel
(assignment_statement operator: ["+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "&^="] @compound-assignment)  ; for kernel
(assignment_statement
  left: (expression_list . (identifier) @part.hint .)
  right: (expression_list . (index_expression) .))  ; for bce-hint
(index_expression) @index  ; for kernel
(slice_expression) @part.slice  ; for slice
(slice_type element: (type_identifier) @part.slice-type)  ; for slice-type
(map_type) @map.type
(go_statement "go" @go)
(defer_statement "defer" @defer)
(select_statement "select" @select)
(send_statement "<-" @send)
(channel_type) @channel
(interface_type) @interface
(type_switch_statement "switch" @part.type-switch)  ; for type-switch
(type_parameter_list) @type-parameters
(type_spec name: (_) @type-name.text)  ; always
(type_spec) @part.type  ; for self-pointer
(field_declaration tag: (_) @part.tag)  ; for struct-tag
(field_declaration type: (pointer_type (type_identifier))) @part.pointer-field  ; for self-pointer
(field_declaration type: (array_type)) @part.array-field  ; for padding
(field_declaration type: (channel_type)) @channel-field
