// Arm-fakes is a judge of calls to Azure Resource Manager: Microsoft's generated fakes decode them.
//
// It reads calls as JSON from standard input, as tests/arm records them, and writes what it found as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// call is one recorded call, as far as it matters here.
type call struct {
	Serial int               `json:"serial"`
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Query  map[string]string `json:"query"`
	Body   json.RawMessage   `json:"body"`
	Kind   *string           `json:"kind"`
	One    bool              `json:"one"`
	Status *int              `json:"status"`
	Answer json.RawMessage   `json:"answer"`
}

// verdict is what is told of all calls.
type verdict struct {
	// Accepted counts the calls that a fake has taken.
	Accepted int `json:"accepted"`
	// Answers counts the answers that a model has taken.
	Answers int `json:"answers"`
	// Left counts the calls of which no fake knows: operations, subscriptions, tags.
	Left     int      `json:"left"`
	Findings []string `json:"findings"`
}

func main() {
	var calls []call
	if err := json.NewDecoder(os.Stdin).Decode(&calls); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	told := verdict{Findings: []string{}}
	for _, call := range calls {
		told.judge(call)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// judge lets the fakes decode a call, and its model the answer.
func (v *verdict) judge(call call) {
	find := func(what string, args ...any) {
		v.Findings = append(v.Findings, fmt.Sprintf("%d %s %s: %s", call.Serial, call.Method, call.Path, fmt.Sprintf(what, args...)))
	}
	if call.Kind == nil {
		v.Left++
		return
	}
	client, ok := clients[*call.Kind]
	operations := client.operations(call)
	if !ok || len(operations) == 0 {
		v.Left++
		return
	}
	taken, err := client.take(call, operations)
	if err != nil {
		find("%v", err)
		return
	}
	for _, name := range taken.names {
		if !contains(call.Path, name) {
			find("the name `%s` is not a part of the path", name)
		}
	}
	if taken.model == nil {
		if len(call.Body) > 0 && string(call.Body) != "null" {
			find("the fake takes no document")
			return
		}
		v.Accepted++
		return
	}
	if difference := compare(call.Body, taken.model); difference != "" {
		find("the document is not what the model keeps of it: %s", difference)
		return
	}
	v.Accepted++
	if call.Status == nil || *call.Status >= 300 || string(call.Answer) == "null" || !isResource(taken.model) {
		return
	}
	shown, err := decode(taken.model, call.Answer)
	if err != nil {
		find("the answer cannot be decoded: %v", err)
		return
	}
	if difference := compare(call.Answer, shown); difference != "" {
		find("the answer is not what the model keeps of it: %s", difference)
		return
	}
	v.Answers++
}
