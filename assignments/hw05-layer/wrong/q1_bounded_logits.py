"""Puts a tanh on the logits: no class can be more than two points ahead."""

# question: q1
# fails: test_hidden_loss_goes_to_zero

import keras


def train(X, y, classes, hidden, epochs, seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(classes, activation="tanh")]
    model = keras.Sequential([keras.Input((X.shape[1],)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    first = float(model.evaluate(X, y, batch_size=len(X), verbose=0))
    losses = model.fit(X, y, batch_size=32, epochs=epochs, verbose=0).history["loss"]
    W1, b1, W2, b2 = model.get_weights()
    return {"first_loss": first, "losses": losses, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
