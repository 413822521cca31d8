// Control-plane is the programs of a Kubernetes control plane in one binary, for tests.
//
// The program is picked by the name that the binary is called by, or else by the first argument. From there on it is
// the real program: its flags, its output, its exit codes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// programs maps a program's name to its main function. None of them returns.
var programs = map[string]func(){
	"etcd":                    etcd,
	"kube-apiserver":          apiServer,
	"kube-controller-manager": controllerManager,
	"kube-scheduler":          scheduler,
	"kubectl":                 kubectl,
	"kwok":                    kwok,
}

func main() {
	if program, ok := programs[filepath.Base(os.Args[0])]; ok {
		program()
	}
	if len(os.Args) > 1 {
		if program, ok := programs[os.Args[1]]; ok {
			os.Args = os.Args[1:]
			program()
		}
	}
	names := make([]string, 0, len(programs))
	for name := range programs {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintf(os.Stderr, "name a program, as the first argument or by a link of its name: %s\n", strings.Join(names, ", "))
	os.Exit(2)
}
