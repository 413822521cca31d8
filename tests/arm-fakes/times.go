package main

import "time"

// sameTime says whether two texts are one moment, which models write in their own way.
func sameTime(one, other any) bool {
	read := func(value any) (time.Time, bool) {
		text, ok := value.(string)
		if !ok {
			return time.Time{}, false
		}
		moment, err := time.Parse(time.RFC3339Nano, text)
		return moment, err == nil
	}
	first, ok := read(one)
	second, also := read(other)
	return ok && also && first.Equal(second)
}
