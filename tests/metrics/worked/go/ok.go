package worked

import "fmt"

type Pool struct {
	sent int
	last string
	conn *Conn
}

func (p *Pool) note(text string) {
	p.sent++
	p.last = text
}

func (p *Pool) Ping() error {
	p.note("ping")
	if err := p.conn.write("ping"); err != nil {
		return err
	}
	return nil
}

func (p *Pool) Send(text string) error {
	p.note(text)
	err := p.conn.write(text)
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

func (p *Pool) Flush() error {
	if err := p.conn.flush(); err != nil {
		return err
	}
	return nil
}

func (p *Pool) find(key string) (*Session, error) {
	for _, session := range all {
		if session.key == key {
			return session, nil
		}
	}
	return nil, fmt.Errorf("no session %s", key)
}

func (p *Pool) open(key string) error {
	session, err := p.find(key)
	if err != nil {
		return err
	}
	return session.open()
}

func (p *Pool) close(key string) error {
	session, err := p.find(key)
	if err != nil {
		return err
	}
	return session.close()
}

func kind(node Node) string {
	switch node := node.(type) {
	case *Text:
		return node.text
	case nil:
		return ""
	default:
		return node.name()
	}
}

func request(url string, headers *Headers, err error) error {
	if headers == nil {
		headers = NewHeaders()
	}
	if err != nil {
		log.Fatal(err)
	}
	return fetch(url, headers)
}
