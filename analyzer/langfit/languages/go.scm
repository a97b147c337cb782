; The fact query of Go: each capture is a site kind, or a region that places sites.
; One pattern per kind; a new kind is one more line here. Kinds with a dot are regions or need a second look in go.py.

(function_declaration) @region.function
(method_declaration) @region.function
(func_literal) @region.closure
(for_statement body: (block) @region.loop)
(return_statement) @region.cold
(if_statement
  consequence: (block (statement_list
    [(return_statement) (break_statement) (continue_statement) (goto_statement)] .)) @region.guard)
(if_statement
  condition: (binary_expression operator: "!=" right: (nil)) @error.condition
  consequence: (block) @error.block)

(call_expression function: (_) @call)
(type_conversion_expression type: (generic_type type: (_) @call))  ; g[int](x) reads as a conversion
(import_spec) @import
(qualified_type) @type
(parameter_declaration type: [(qualified_type) (pointer_type (qualified_type))] @parameter)
(parameter_declaration type: (function_type) @callback)
(composite_literal type: [(type_identifier) (qualified_type)] @composite)
(unary_expression operator: "&" operand: (composite_literal type: (_) @address-literal))
(unary_expression operator: "<-" @receive)
(binary_expression operator: ["+" "-" "*" "/" "%"] @operator)
(binary_expression operator: ["&" "|" "^" "<<" ">>" "&^"] @bit-operator)
(assignment_statement operator: ["+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "&^="] @compound-assignment)
(assignment_statement
  left: (expression_list (identifier) @hint.left)
  right: (expression_list (index_expression)))
(index_expression) @index
(slice_expression) @slice
(slice_type element: (type_identifier) @slice-type)
(map_type) @map
(go_statement "go" @go)
(defer_statement "defer" @defer)
(select_statement "select" @select)
(send_statement "<-" @send)
(channel_type) @channel
(interface_type) @interface
(type_switch_statement "switch" @type-switch)
(type_parameter_list) @type-parameters
(type_spec name: (_) @type-name)
(type_spec) @region.type
(field_declaration tag: (_) @struct-tag)
(field_declaration type: (pointer_type (type_identifier))) @field.pointer
(field_declaration type: (array_type)) @field.array
(field_declaration type: (channel_type)) @field.channel
(comment) @comment
