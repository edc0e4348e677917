import React, { useState } from "react";

type Props = { user: User | null; onSave?: (user: User) => void; locked?: boolean };

export const Name = React.memo(({ user, locked }: Props) => {
  const [text, setText] = useState("");
  if (user!.active && !user.locked) {
    return <input value={text} onChange={(event) => setText(event.target.value)} />;
  }
  return <span>{text}</span>;
});

export function Address({ user, locked, onSave }: Props) {
  return user?.active && !user.locked ? <button onClick={() => onSave?.(user)}>Save</button> : null;
}

export function Phone({ user, locked }: Props) {
  return <div>{user?.active && !user.locked && <Edit user={user} />}</div>;
}

export function RedButton({ label, onPress, disabled }: ButtonProps) {
  const [down, setDown] = useState(false);
  const press = () => {
    if (disabled) return;
    setDown(true);
    onPress();
  };
  const release = () => {
    setDown(false);
  };
  return (
    <Pressable style={down ? styles.down : styles.up} onPressIn={press} onPressOut={release}>
      <Text style={styles.label} colour="red">{label}</Text>
    </Pressable>
  );
}

export function BlueButton({ label, onPress, disabled }: ButtonProps) {
  const [down, setDown] = useState(false);
  const press = () => {
    if (disabled) return;
    setDown(true);
    onPress();
  };
  const release = () => {
    setDown(false);
  };
  return (
    <Pressable style={down ? styles.down : styles.up} onPressIn={press} onPressOut={release}>
      <Text style={styles.label} colour="blue">{label}</Text>
    </Pressable>
  );
}

export class Clock extends React.Component<ClockProps> {
  private timer: Timer | undefined;
  private ticks = 0;

  componentDidMount() {
    this.timer = start(() => this.tick());
  }

  tick = () => {
    if (this.timer === undefined) return;
    this.ticks += this.timer.step;
  };

  pause = () => {
    if (!this.timer) return;
    this.timer.pause();
  };

  resume() {
    if (this.timer == null) return;
    this.timer.resume();
  }

  reset() {
    this.timer?.reset();
  }

  speed() {
    return this.timer.speed;
  }

  render() {
    return <time>{this.ticks}</time>;
  }
}
