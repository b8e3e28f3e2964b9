package admin

import "net/http"

type health struct {
	Status string `json:"status"`
}

func (s *Server) health(*http.Request) (any, error) { return health{"ok"}, nil }

func (s *Server) ready(*http.Request) (any, error) {
	if err := s.config.Ready(); err != nil {
		return nil, &problem{http.StatusServiceUnavailable, err.Error()}
	}
	return health{"ready"}, nil
}
