package worked;

import java.util.Optional;

class Pool {
    private final Socket socket;
    private Cache cache = null;
    private int sent;
    private String last;

    Pool(Socket socket) {
        this.socket = socket;
    }

    private void note(String text) {
        sent++;
        last = text;
    }

    void ping() {
        note("ping");
        socket.write("ping");
    }

    void send(String text) {
        note(text);
        socket.write(text);
    }

    Cache cache() {
        if (cache == null) {
            cache = new Cache(this);
        }
        return cache;
    }

    void clear() {
        cache = null;
    }

    Optional<Session> find(String key) {
        return sessions.stream().filter(session -> session.key.equals(key)).findFirst();
    }

    void open(String key) {
        find(key).ifPresent(Session::open);
    }

    String kind(Node node) {
        if (node instanceof Text text) return text.value();
        if (node instanceof Group group) return group.name();
        return "";
    }

    void drain() {
        Socket socket = this.socket;
        if (socket != null) socket.drain();
    }
}

class Requests {
    Reply request(String url, Headers headers, File folder) {
        if (headers == null) {
            headers = new Headers();
        }
        if (!folder.exists()) {
            folder.mkdirs();
        }
        return fetch(url, headers, folder);
    }
}
