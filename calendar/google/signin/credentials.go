package signin

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/url"

	"bilateral/calendar/web"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"
)

// credentials are what Google's JSON says: one of the two is set.
type credentials struct {
	user    *oauth2.Config
	service *jwt.Config
	client  string // the id by which an administrator or Google's console knows it
}

// credentialsFile is the JSON that Google's console lets one download.
type credentialsFile struct {
	Type      string       `json:"type"`
	ClientID  string       `json:"client_id"`
	Installed *oauthClient `json:"installed"`
	Web       *oauthClient `json:"web"`
}

type oauthClient struct {
	ClientID string `json:"client_id"`
	Secret   string `json:"client_secret"`
	AuthURI  string `json:"auth_uri"`
	TokenURI string `json:"token_uri"`
}

// credentials reads the JSON. Its errors repeat nothing of it.
func (o *Options) credentials() (credentials, error) {
	var f credentialsFile
	if json.Unmarshal(o.Credentials, &f) != nil {
		return credentials{}, o.fault(Credentials, "they are no JSON", nil)
	}
	client := f.Installed
	if client == nil {
		client = f.Web
	}
	switch {
	case f.Type == "service_account":
		return o.serviceAccount(f.ClientID)
	case client == nil && f.Type != "":
		return credentials{}, o.fault(Credentials, "they are of a kind that is not known here", nil)
	case client == nil || client.ClientID == "":
		return credentials{}, o.fault(Credentials, "they hold neither an OAuth client nor a service account's key", nil)
	case o.Subject != "":
		return credentials{}, o.fault(Credentials, "an OAuth client acts for who signs in, so subject has no place", nil)
	}
	return o.oauthClient(client)
}

func (o *Options) oauthClient(c *oauthClient) (credentials, error) {
	at := oauth2.Endpoint{
		AuthURL:   cmp.Or(o.AuthEndpoint, c.AuthURI, google.Endpoint.AuthURL),
		TokenURL:  cmp.Or(o.TokenEndpoint, c.TokenURI, google.Endpoint.TokenURL),
		AuthStyle: oauth2.AuthStyleInParams, // what Google documents; without it each refusal would be asked for twice
	}
	if !safe(at.AuthURL) || !safe(at.TokenURL) {
		return credentials{}, o.fault(Credentials, "they name an address that is not https", nil)
	}
	return credentials{client: c.ClientID, user: &oauth2.Config{ClientID: c.ClientID, ClientSecret: c.Secret, Scopes: o.Scopes, Endpoint: at}}, nil
}

func (o *Options) serviceAccount(client string) (credentials, error) {
	c, err := google.JWTConfigFromJSON(o.Credentials, o.Scopes...)
	switch {
	case err != nil:
		return credentials{}, o.fault(Credentials, "the service account's key is incomplete", nil)
	case !isKey(c.PrivateKey):
		return credentials{}, o.fault(Credentials, "the service account's private key cannot be read", nil)
	}
	c.Subject = o.Subject
	c.TokenURL = cmp.Or(o.TokenEndpoint, c.TokenURL, google.JWTTokenURL)
	if !safe(c.TokenURL) {
		return credentials{}, o.fault(Credentials, "they name an address that is not https", nil)
	}
	return credentials{service: c, client: cmp.Or(client, c.Email)}, nil
}

// isKey reports whether text is a private key in one of the two forms that Google has given out.
func isKey(text []byte) bool {
	if block, _ := pem.Decode(text); block != nil {
		text = block.Bytes
	}
	_, err := x509.ParsePKCS8PrivateKey(text)
	if err != nil {
		_, err = x509.ParsePKCS1PrivateKey(text)
	}
	return err == nil
}

// safe reports whether a secret may be sent to address: over TLS, or to this very machine.
func safe(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" && web.Loopback(u))
}
