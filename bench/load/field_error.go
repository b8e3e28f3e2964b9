package load

import "fmt"

// FieldError tells which field of a Config is wrong.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return "Config." + e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with the field.
func (e *FieldError) Unwrap() error { return e.Err }

func wrongField(field, format string, args ...any) error {
	return &FieldError{field, fmt.Errorf(format, args...)}
}
