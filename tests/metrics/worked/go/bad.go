package worked

import (
	"errors"
	"fmt"
)

type Pool struct {
	name string
	sent int
	last string
	data any
}

func (p *Pool) Ping() error {
	p.sent++
	p.last = "ping"
	return p.write("ping")
}

func (p *Pool) Send(text string) error {
	p.sent += 1
	p.last = text
	if err := p.write(text); err != nil {
		return err
	}
	return nil
}

func (p *Pool) Flush() error {
	p.sent++
	p.last = "flush"
	return nil
}

func (p *Pool) Drain() {
	p.sent++
	p.last = "drain"
}

func (p *Pool) Name() string {
	return p.name
}

func (p *Pool) text() string {
	return p.data.(string)
}

func (p *Pool) size() int {
	return len(p.data.(string))
}

func (p *Pool) upper() bool {
	if text, ok := p.data.(string); ok {
		return text != ""
	}
	return false
}

func (p *Pool) Keep(data any) {
	p.data = data
}

func (p *Pool) find(key string) *Session {
	for _, session := range all {
		if session.key == key {
			return session
		}
	}
	return nil
}

func (p *Pool) open(key string) {
	session := p.find(key)
	if session == nil {
		panic("no session")
	}
	session.open()
}

func (p *Pool) close(key string) {
	session := p.find(key)
	if session == nil {
		panic("no session")
	}
	session.close()
}

func (p *Pool) pause(key string) {
	session := p.find(key)
	if session == nil {
		panic("no session")
	}
	session.pause()
}

func (p *Pool) resume(key string) {
	session := p.find(key)
	if session == nil {
		log.Fatal("no session")
	}
	session.resume()
}

func (p *Pool) drop(key string) {
	session := p.find(key)
	session.drop()
}

func first(site *Site) bool {
	return site.isOpen && !site.isHidden
}

func second(site *Site) int {
	if !site.isOpen || site.isHidden {
		return 0
	}
	return 1
}

func third(site *Site) *Site {
	for site.isOpen && !site.isHidden {
		site = site.next
	}
	return site
}

func readRows(table *Table, out *Out) ([]Cell, error) {
	found := []Cell{}
	for _, row := range table.rows {
		if row.deleted {
			continue
		}
		cells := trimmed(row.cells)
		if len(cells) > out.width {
			return nil, errors.New("too many cells")
		}
		found = append(found, cells...)
		out.log(fmt.Sprint(row.number))
	}
	out.rows = found
	return found, nil
}

func readParts(table *Table, out *Out) ([]Cell, error) {
	found := []Cell{}
	for _, part := range table.rows {
		if part.deleted {
			continue
		}
		cells := trimmed(part.cells)
		if len(cells) > out.width {
			return nil, errors.New("too many cells")
		}
		found = append(found, cells...)
		out.log(fmt.Sprint(part.number))
	}
	out.rows = found
	return found, nil
}

func box(low, high *Box) int {
	if low != nil {
		low.minWidth = low.minHeight + low.minDepth
		check(low.minWidth, low.minLeft, "min")
	}
	if high != nil {
		high.maxWidth = high.maxHeight + high.maxDepth
		check(high.maxWidth, high.minLeft, "max")
	}
	return low.maxLeft
}

func request(url string, headers *Headers, err error) error {
	if headers != nil {
		headers = NewHeaders()
	}
	if err == nil {
		log.Fatal(err)
	}
	return fetch(url, headers)
}
