class Pool
  def initialize(socket)
    @socket = socket
    @cache = nil
    @sent = 0
  end

  def cache
    @cache ||= Cache.new(self)
  end

  def note(text)
    @sent += 1
    @last = text
  end

  def ping
    note("ping")
    @socket.write("ping")
  end

  def send(text)
    note(text)
    @socket.write(text)
  end

  def close
    @cache = nil
    @socket.close
  end

  def kind(node)
    case node
    when Text then node.text
    when nil then ""
    else node.name
    end
  end

  def label(node)
    return "" unless node
    node.label.to_s
  end

  def self.open(host)
    new(Net.open(host))
  end
end

def request(url, headers, body)
  headers = {} if headers.nil?
  return fetch(url, body.size) unless body.nil?
  fetch(url, headers)
end

def invert(having, where)
  return where(false) if having.nil? && where.nil?
  where.invert
end
