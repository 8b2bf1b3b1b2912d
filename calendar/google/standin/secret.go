package standin

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/fnv"
	"strings"
)

// fresh is a new id, [a-v0-9]{26}. The same seed and the same requests give the same ids.
func (s *Server) fresh() string {
	s.made++
	var seed [16]byte
	binary.BigEndian.PutUint64(seed[:], s.seed)
	binary.BigEndian.PutUint64(seed[8:], s.made)
	sum := sha256.Sum256(seed[:])
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:26]
}

// token is a new opaque text that tells its kind to whoever debugs a test.
func (s *Server) token(kind string) string { return kind + "-" + s.fresh() }

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}
