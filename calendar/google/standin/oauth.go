package standin

import "net/http"

type authority struct{}

func newAuthority() authority { return authority{} }

func (s *Server) serveOAuth(w http.ResponseWriter, r *http.Request) bool { return false }
