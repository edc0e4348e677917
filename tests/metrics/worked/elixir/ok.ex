defmodule Worked.Pool do
  @moduledoc "A pool."

  defstruct [:socket, sent: 0]

  @spec find(t, String.t()) :: {:ok, map} | :error
  def find(pool, key), do: Map.fetch(pool.sessions, key)

  def open(pool, key) do
    with {:ok, session} <- find(pool, key) do
      session.open
    end
  end

  def close(pool, key) do
    case find(pool, key) do
      {:ok, session} -> session.close
      :error -> :ok
    end
  end

  def kind(nil), do: ""
  def kind(%{text: text}) when is_binary(text), do: text
  def kind(%{name: name}), do: name

  defp label(site) do
    if site.open and not site.hidden, do: site.name, else: ""
  end
end
