package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// errHeard ends a call as soon as it was decoded.
var errHeard = errors.New("heard")

// listen lets every function of a fake note what it is called with, and go no further.
func listen(server any) {
	functions := reflect.ValueOf(server).Elem()
	for i := range functions.NumField() {
		field := functions.Field(i)
		if field.Kind() != reflect.Func || !field.CanSet() || !field.IsNil() {
			continue
		}
		kind := field.Type()
		field.Set(reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
			note(arguments)
			results := make([]reflect.Value, kind.NumOut())
			for i := range results {
				results[i] = reflect.New(kind.Out(i)).Elem()
				if failed, ok := results[i].Addr().Interface().(*fake.ErrorResponder); ok {
					failed.SetError(errHeard)
				}
			}
			return results
		}))
	}
}

// pages are noted here: fakes of lists are not told of a context.
var pages *taken

func note(arguments []reflect.Value) {
	into := pages
	for _, argument := range arguments {
		if ctx, ok := argument.Interface().(context.Context); ok {
			into, _ = ctx.Value(heard{}).(*taken)
			continue
		}
		switch argument.Kind() {
		case reflect.String:
			into.names = append(into.names, argument.String())
		case reflect.Struct:
			into.model = argument.Interface()
		}
	}
}

// has are those names that are functions of a fake.
func has(server any, names []string) []string {
	var found []string
	for _, name := range names {
		if reflect.ValueOf(server).Elem().FieldByName(name).IsValid() {
			found = append(found, name)
		}
	}
	return found
}

// take lets the fake of the first operation that knows the path decode a call.
func (c client) take(call call, operations []string) (*taken, error) {
	var wrong []string
	for _, operation := range operations {
		// Paths have no case, but for the fakes, which do not agree on one.
		for _, path := range []string{call.Path, strings.Replace(call.Path, "/resourceGroups", "/resourcegroups", 1)} {
			told := new(taken)
			pages = told
			ctx := context.WithValue(with(told), runtime.CtxAPINameKey{}, c.name+"."+operation)
			query := url.Values{}
			for name, value := range call.Query {
				query.Set(name, value)
			}
			address := url.URL{Scheme: "https", Host: "management.azure.com", Path: path, RawQuery: query.Encode()}
			var body io.Reader
			if len(call.Body) > 0 && string(call.Body) != "null" {
				body = bytes.NewReader(call.Body)
			}
			request, err := http.NewRequestWithContext(ctx, call.Method, address.String(), body)
			if err != nil {
				return nil, err
			}
			request.Header.Set("Content-Type", "application/json")
			_, err = c.transport.Do(request)
			if told.names != nil {
				return told, nil
			}
			if isPager := strings.HasSuffix(operation, "Pager"); isPager && (err == nil || !strings.Contains(err.Error(), "failed to parse path")) {
				return told, nil
			}
			wrong = append(wrong, fmt.Sprintf("%s: %v", operation, err))
		}
	}
	return nil, errors.New(strings.Join(wrong, "; "))
}

// contains says whether a name stands between slashes of a path, or begins it, as a scope does.
func contains(path, name string) bool {
	bare := strings.Trim(path, "/")
	scope := strings.Trim(name, "/")
	return strings.Contains("/"+bare+"/", "/"+scope+"/") && (!strings.Contains(scope, "/") || strings.HasPrefix(bare, "subscriptions/"))
}

// isResource says whether a model is what the service answers, too.
func isResource(model any) bool {
	kind := reflect.TypeOf(model)
	_, id := kind.FieldByName("ID")
	return id
}

// decode reads a document into a model of the same type.
func decode(like any, document json.RawMessage) (any, error) {
	into := reflect.New(reflect.TypeOf(like))
	if err := json.Unmarshal(document, into.Interface()); err != nil {
		return nil, err
	}
	return into.Elem().Interface(), nil
}

// compare tells where a document and what a model writes of it differ.
func compare(document json.RawMessage, model any) string {
	written, err := json.Marshal(model)
	if err != nil {
		return err.Error()
	}
	var sent, kept any
	if err := json.Unmarshal(document, &sent); err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(written, &kept); err != nil {
		return err.Error()
	}
	return differ("", sent, kept)
}

func differ(at string, sent, kept any) string {
	switch sent := sent.(type) {
	case map[string]any:
		kept, ok := kept.(map[string]any)
		if !ok {
			return at + " is kept as something else"
		}
		for name, value := range sent {
			if value == nil {
				continue
			}
			own, ok := kept[name]
			if !ok {
				return at + "/" + name + " is dropped"
			}
			if found := differ(at+"/"+name, value, own); found != "" {
				return found
			}
		}
		return ""
	case []any:
		kept, ok := kept.([]any)
		if !ok || len(kept) != len(sent) {
			return at + " is kept as another list"
		}
		for index := range sent {
			if found := differ(fmt.Sprintf("%s/%d", at, index), sent[index], kept[index]); found != "" {
				return found
			}
		}
		return ""
	default:
		if !reflect.DeepEqual(sent, kept) && !sameTime(sent, kept) {
			return fmt.Sprintf("%s is %v, and kept as %v", at, sent, kept)
		}
		return ""
	}
}
