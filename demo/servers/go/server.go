// A chat room whose pages miss nothing: Go with gorilla/websocket. Run it by `go run server.go`.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

const keep = 100 // entries, for pages that come back

type entry struct{ id, message, item string }

type page struct {
	*websocket.Conn
	frames chan string // what it is to be sent
}

var (
	mutex    sync.Mutex // guards what follows
	pages    = map[*page]bool{}
	log      []entry           // the newest
	epoch    = make([]byte, 4) // another in each process: its numbers begin anew
	count    = 0
	readers  sync.WaitGroup
	upgrader = websocket.Upgrader{} // refuses pages of other sites, by their Origin
)

func newest() string { return fmt.Sprintf("%x-%d", epoch, count) }

func (e entry) frame() string {
	return fmt.Sprintf(`<!--id:%s--><ol id="log" hx-swap-oob="beforeend">%s</ol>`, e.id, e.item)
}

func items() (all string) {
	for _, entry := range log {
		all += entry.item
	}
	return
}

// push drops a page that reads too slowly: it dials again.
func (p *page) push(text string) {
	select {
	case p.frames <- text:
	default:
		delete(pages, p)
		p.Close()
	}
}

// resume sends what a page lacks that shows everything up to lastID.
func (p *page) resume(lastID string) {
	for at := range log {
		if log[at].id == lastID {
			for _, entry := range log[at+1:] {
				p.push(entry.frame())
			}
			return
		}
	}
	p.push(fmt.Sprintf(`<!--id:%s--><ol id="log" hx-swap-oob="innerHTML">%s</ol>`, newest(), items()))
}

func say(text, message string) {
	for _, entry := range log {
		if message != "" && entry.message == message {
			return // it has come before, and the page did not hear of it
		}
	}
	count++
	log = append(log, entry{newest(), message, "<li>" + html.EscapeString(text) + "</li>"})
	if len(log) > keep {
		log = log[1:]
	}
	for p := range pages {
		p.push(log[len(log)-1].frame())
	}
}

func (p *page) receive(data []byte) {
	var message struct {
		Type, Text string
		Headers    map[string]any // HEADERS on htmx 2, headers on htmx 4
	}
	json.Unmarshal(data, &message)
	id, _ := message.Headers["HX-Message-ID"].(string)
	switch {
	case message.Type == "ping":
		p.push(`{"type":"pong"}`)
	case message.Text == "" || len(message.Text) > 1000:
		p.push(fmt.Sprintf(`{"HX-Nack":%q,"reason":"1 to 1000 letters"}`, id))
	default:
		say(message.Text, id)
		p.push(fmt.Sprintf(`{"HX-Ack":%q}`, id))
	}
}

func chat(w http.ResponseWriter, r *http.Request) {
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	readers.Add(1)
	defer readers.Done()
	socket.SetReadLimit(65_536)
	p := &page{socket, make(chan string, keep+1000)}
	go func() {
		for text := range p.frames {
			p.WriteMessage(websocket.TextMessage, []byte(text))
		}
		p.Close()
	}()
	mutex.Lock() // until it is among the pages: nothing can be said in between
	p.resume(r.URL.Query().Get("last-id"))
	pages[p] = true
	mutex.Unlock()
	for {
		_, data, err := p.ReadMessage()
		mutex.Lock()
		if err != nil || !pages[p] {
			break
		}
		p.receive(data)
		mutex.Unlock()
	}
	delete(pages, p)
	close(p.frames)
	mutex.Unlock()
}

func index(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Fprintf(w, `<!doctype html><title>Chat</title>
<script src="/js/htmx.min.js"></script><script src="/js/ws.all.min.js"></script>
<main hx-ext="ws" ws-connect="/chat" ws-resume="%s">
  <ol id="log">%s</ol>
  <form ws-send ws-ack="10s reset"><input name="text" maxlength="1000"><button>Say</button></form>
</main>`, newest(), items())
}

func main() {
	rand.Read(epoch)
	http.HandleFunc("/", index)
	http.HandleFunc("/chat", chat)
	http.Handle("/js/", http.StripPrefix("/js/", http.FileServer(http.Dir("js"))))
	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	server := &http.Server{Addr: "127.0.0.1:" + port}
	go func() { fmt.Println(server.ListenAndServe()) }()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	server.Close() // pages that dial again come to the next process
	restarts := websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")
	soon := time.Now().Add(time.Second)
	mutex.Lock()
	for p := range pages {
		p.WriteControl(websocket.CloseMessage, restarts, soon)
	}
	mutex.Unlock()
	go func() { readers.Wait(); os.Exit(0) }()
	time.Sleep(time.Second)
}
