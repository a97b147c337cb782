// Lists what allocates in a Go file by the syntax tree of Go's own parser, so that langfit is not its own judge.
//
// usage: go run main.go FILE...
//
// One line for each place: file, line and column at which the compiler reports it, line and column where it ends,
// kind (make, new, literal, text, format, error, print, plain), loop depth, and 1 for a cold path: a return, a panic, a
// branch after an error, a branch that leaves the turn or the function, text inside a call or literal that names an
// error, or a function that makes text for people to read.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
)

type place struct {
	loops int
	cold  bool
}

var speaking = regexp.MustCompile("(?i)err|diag|warn|fatal|panic")

// Functions that make text for people to read.
var people = regexp.MustCompile("^((Go)?String([A-Z]|$)|Error$|(test|debug|dump|human|log)String$" +
	"|([Rr]ender|[Dd]ump|[Pp]rint|[Ll]og|[Dd]escribe|[Ee]xplain|[Hh]elp|[Uu]sage|[Dd]ebug|[Oo]utput)([A-Z]|f?$))")

type visitor struct {
	files *token.FileSet
	text  []byte
	whole token.Pos // where the outermost call or literal around this place begins
	at    place
	out   *bufio.Writer
}

func (v visitor) Visit(node ast.Node) ast.Visitor {
	switch node.(type) {
	case *ast.CallExpr, *ast.CompositeLit:
		if v.whole == token.NoPos {
			v.whole = node.Pos()
		}
	case *ast.KeyValueExpr, *ast.UnaryExpr, *ast.ParenExpr, *ast.Ident, *ast.SelectorExpr, *ast.BasicLit, nil:
	default:
		v.whole = token.NoPos
	}
	switch n := node.(type) {
	case *ast.FuncDecl:
		v.at = place{cold: people.MatchString(n.Name.Name)}
	case *ast.FuncLit:
		v.at = place{}
	case *ast.ForStmt:
		v.inside(n.Body, n.Init, n.Cond, n.Post)
		return nil
	case *ast.RangeStmt:
		v.inside(n.Body, n.X)
		return nil
	case *ast.ReturnStmt:
		v.at.cold = true
	case *ast.IfStmt:
		return v.branch(n)
	case *ast.UnaryExpr:
		if _, literal := n.X.(*ast.CompositeLit); literal && n.Op == token.AND {
			v.list(n.OpPos, n.End(), "literal")
		}
	case *ast.CallExpr:
		v.call(n)
		if name(n.Fun) == "panic" {
			v.at.cold = true
		}
	}
	return v
}

func (v visitor) inside(body *ast.BlockStmt, heads ...ast.Node) {
	for _, head := range heads {
		switch h := head.(type) {
		case ast.Expr:
			if h != nil {
				ast.Walk(v, h)
			}
		case ast.Stmt:
			if h != nil {
				ast.Walk(v, h)
			}
		}
	}
	v.at.loops++
	ast.Walk(v, body)
}

func (v visitor) branch(n *ast.IfStmt) ast.Visitor {
	if !leaves(n.Body) && !afterError(n.Cond) {
		return v
	}
	if n.Init != nil {
		ast.Walk(v, n.Init)
	}
	ast.Walk(v, n.Cond)
	cold := v
	cold.at.cold = true
	ast.Walk(cold, n.Body)
	if n.Else != nil {
		ast.Walk(v, n.Else)
	}
	return nil
}

func afterError(condition ast.Expr) bool {
	compare, ok := condition.(*ast.BinaryExpr)
	return ok && compare.Op == token.NEQ && name(compare.Y) == "nil" && strings.Contains(strings.ToLower(name(compare.X)), "err")
}

func leaves(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	switch body.List[len(body.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

func (v visitor) call(n *ast.CallExpr) {
	switch called := name(n.Fun); {
	case called == "make" || called == "new":
		v.list(n.Lparen, n.End(), called)
	case called == "fmt.Errorf":
		v.list(n.Lparen, n.End(), "error")
	case strings.HasPrefix(called, "fmt.Print"), strings.HasPrefix(called, "fmt.Fprint") && terminal(n.Args):
		v.list(n.Lparen, n.End(), "print")
	case strings.HasPrefix(called, "fmt.Fprint") && plain(n.Args):
		v.list(n.Lparen, n.End(), "plain")
	case strings.HasPrefix(called, "fmt.Sprint"):
		v.list(n.Lparen, n.End(), "text")
	case strings.HasPrefix(called, "fmt.Fprint"), strings.HasPrefix(called, "fmt.Append"):
		v.list(n.Lparen, n.End(), "format")
	}
}

func (v visitor) list(start, end token.Pos, kind string) {
	from, to, cold := v.files.Position(start), v.files.Position(end), 0
	if v.at.cold || kind == "text" && v.whole != token.NoPos && speaking.Match(v.text[v.files.Position(v.whole).Offset:from.Offset]) {
		cold = 1
	}
	fmt.Fprintf(v.out, "%s\t%d\t%d\t%d\t%d\t%s\t%d\t%d\n",
		from.Filename, from.Line, from.Column, to.Line, to.Column, kind, v.at.loops, cold)
}

func terminal(arguments []ast.Expr) bool {
	return len(arguments) > 0 && (name(arguments[0]) == "os.Stdout" || name(arguments[0]) == "os.Stderr")
}

// plain tells whether the only value to write is a name: it may be an interface already, and then nothing is boxed.
func plain(arguments []ast.Expr) bool {
	if len(arguments) == 3 {
		if text, ok := arguments[1].(*ast.BasicLit); !ok || text.Kind != token.STRING {
			return false
		}
	} else if len(arguments) != 2 {
		return false
	}
	_, ok := arguments[len(arguments)-1].(*ast.Ident)
	return ok
}

func name(n ast.Expr) string {
	switch e := n.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return name(e.X) + "." + e.Sel.Name
	}
	return ""
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, path := range os.Args[1:] {
		files := token.NewFileSet()
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		ast.Walk(visitor{files: files, text: text, out: out}, file)
	}
}
